import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ganetiVersions } from '../../src/config/defaults.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { startSlice, type Slice } from '../support/slice.ts';

const [first, second] = ['node1.example.com', 'node2.example.com'];
const roots = '/srv/vcluster';

describe.skipIf(!dockerAvailable).each(ganetiVersions)('what administrators do on a node, with Ganeti %s', (ganeti) => {
  let slice: Slice;
  beforeAll(async () => {
    slice = await startSlice({ ganeti, nodes: 2 });
  });
  afterAll(() => slice[Symbol.asyncDispose]());

  const on = (node: string, ...argv: readonly string[]) =>
    slice.run(argv, { env: { GANETI_ROOTDIR: `${roots}/${node}`, GANETI_HOSTNAME: node } });
  const pid = async (node: string, daemon: string) =>
    (await on(node, 'cat', `${roots}/${node}/var/run/ganeti/${daemon}.pid`)).stdout;

  describe('ssh', () => {
    it('leads to the node that it names: short, full, and by address', async () => {
      const script = 'hostname; echo "$GANETI_HOSTNAME $GANETI_ROOTDIR"; gnt-cluster getmaster; pwd';
      const there = `${second}\n${second} ${roots}/${second}\n${first}\n/root\n`;
      for (const name of ['node2', second, '198.18.1.2'])
        expect(await on(first, 'ssh', name, script)).toEqual({ status: 0, stdout: there, stderr: '' });
    });

    it('passes stdin, signals of failure, and arguments unchanged', async () => {
      const argv = ['ssh', 'node2', `cat; echo 'a  "b"' >&2; exit 7`];
      expect(await slice.run(argv, { stdin: 'in\n' })).toEqual({ status: 7, stdout: 'in\n', stderr: 'a  "b"\n' });
    });

    it('shows the node in the prompt of a login shell', async () => {
      const { stdout } = await slice.run(['ssh', '-tt', 'node2'], { stdin: 'cd /tmp\nexit 3\n' });
      expect(stdout).toContain('root@node2:~# ');
      expect(stdout).toContain('root@node2:/tmp# ');
    });

    it('at the slice’s own address is no node', async () => {
      const own = Object.values((await slice.engine.inspectContainer(slice.container))?.addresses ?? {})[0] ?? '';
      const argv = ['ssh', '-o', 'StrictHostKeyChecking=no', own, 'echo "<${GANETI_HOSTNAME-}>"'];
      expect(await slice.run(argv)).toMatchObject({ status: 0, stdout: '<>\n' });
    });

    it('copies files', async () => {
      await on(first, 'sh', '-c', 'echo text > /tmp/scp-source');
      expect(await on(first, 'scp', '-q', '/tmp/scp-source', 'node2:/tmp/scp-target')).toMatchObject({ status: 0 });
      expect((await slice.run(['cat', '/tmp/scp-target'])).stdout).toBe('text\n');
    });
  });

  describe('gnt-cluster', () => {
    it('copies a file below the node’s directory to that of the other node', async () => {
      const file = '/var/lib/ganeti/rapi/own-file';
      await on(first, 'sh', '-c', `echo text > ${roots}/${first}${file}`);
      await slice.gnt(first, 'gnt-cluster', 'copyfile', `${roots}/${first}${file}`);
      expect((await slice.run(['cat', `${roots}/${second}${file}`])).stdout).toBe('text\n');
    });

    it('copies any other file, which the nodes share, and leaves it as it is', async () => {
      await slice.run(['sh', '-c', 'echo text > /root/shared-file']);
      await slice.gnt(first, 'gnt-cluster', 'copyfile', '/root/shared-file');
      expect((await slice.run(['cat', '/root/shared-file'])).stdout).toBe('text\n');
      await expect(slice.gnt(first, 'gnt-cluster', 'copyfile', '/root/missing')).rejects.toThrow(
        "No such filename '/root/missing'",
      );
    });
  });

  describe('gnt-instance console', () => {
    const console = (name: string, input: string) =>
      slice.run(['gnt-instance', 'console', name], {
        stdin: input,
        env: { GANETI_ROOTDIR: `${roots}/${first}`, GANETI_HOSTNAME: first },
      });

    it('leads to a simulated console of a running instance, until Ctrl-]', async () => {
      const add = ['add', '-t', 'diskless', '-o', 'noop', '--no-name-check', '--no-ip-check', '-n', second];
      await slice.gnt(first, 'gnt-instance', ...add, '--net', '0:mac=aa:00:00:12:34:56', 'talker');
      const { status, stdout } = await console('talker', 'root\n\u001d');
      // The terminal echoes what is typed before the console is there.
      expect({ status, stdout: stdout.replaceAll('\r', '').replace(/^.*(?=Simulated)/s, '') }).toEqual({
        status: 0,
        stdout: `Simulated console of talker on ${second}.  Ctrl-] ends it.

[    0.000000] The instance starts
[    0.000000] network interface 0: aa:00:00:12:34:56, no address
[    0.000000] There is no operating system: this instance is simulated

talker login: root

Nobody can log in: nothing runs in talker.  It has 128 MiB of memory and 1 virtual CPU.

talker login: 
`,
      });
    });

    it('ends with the instance, and is refused for one that does not run', async () => {
      const seen = '/tmp/console';
      const ends = slice.run(['ssh', '-tt', 'node2', `/usr/lib/vcluster-box/console talker "[]" | tee ${seen}`]);
      await expect.poll(async () => (await slice.run(['cat', seen])).stdout, { timeout: 20_000 }).toMatch(/login: $/);
      await slice.gnt(first, 'gnt-instance', 'shutdown', 'talker');
      expect((await ends).stdout).toMatch(/login: \s*talker has stopped\s*$/);
      const refused = await console('talker', '');
      expect(refused).toMatchObject({ status: 1, stdout: `talker does not run on ${second}\r\n` });
    });
  });

  describe('service and systemctl', () => {
    it('say which daemons run on this node', async () => {
      const { status, stdout } = await on(second, 'service', 'ganeti', 'status');
      expect(status).toBe(3);
      expect(stdout).toMatch(/ganeti-noded is running/);
      expect(stdout).toMatch(/ganeti-luxid is not running/);
      expect((await on(first, 'service', 'ganeti', 'status', 'ganeti-luxid')).status).toBe(0);
      const unit = await on(second, 'systemctl', 'status', 'ganeti-noded.service');
      expect(unit).toMatchObject({ status: 0, stderr: '' });
      expect(unit.stdout).toContain(`ganeti-noded of ${second}\n     Active: active (running)\n   Main PID: `);
      expect(unit.stdout).toContain(await pid(second, 'ganeti-noded'));
      expect(await on(second, 'systemctl', 'is-active', 'ganeti-rapi')).toMatchObject({
        status: 3,
        stdout: 'inactive\n',
      });
      expect(await on(first, 'systemctl', 'is-active', 'ganeti-rapi')).toMatchObject({ status: 0, stdout: 'active\n' });
    });

    it.each([
      ['service', ['ganeti', 'restart']],
      ['systemctl', ['restart', 'ganeti-noded']],
      ['systemctl', ['restart', 'ganeti.target']],
      ['/etc/init.d/ganeti', ['restart']],
    ])('restart the daemons of this node: %s', async (program, argv) => {
      const before = [await pid(first, 'ganeti-noded'), await pid(second, 'ganeti-noded')];
      expect(await on(second, program, ...argv)).toMatchObject({ status: 0 });
      expect(await pid(first, 'ganeti-noded')).toBe(before[0]);
      expect(await pid(second, 'ganeti-noded')).not.toBe(before[1]);
      expect(await on(second, 'systemctl', 'is-active', 'ganeti-noded')).toMatchObject({ status: 0 });
    });

    it('stop and start the daemons of this node', async () => {
      expect(await on(second, 'systemctl', 'stop', 'ganeti')).toMatchObject({ status: 0, stdout: '', stderr: '' });
      expect(await on(second, 'service', 'ganeti', 'status', 'ganeti-noded')).toMatchObject({ status: 3 });
      expect(await on(first, 'service', 'ganeti', 'status', 'ganeti-noded')).toMatchObject({ status: 0 });
      expect(await on(second, 'systemctl', 'start', 'ganeti')).toMatchObject({ status: 0 });
      expect(await on(second, 'systemctl', 'is-active', 'ganeti-noded')).toMatchObject({ status: 0 });
      expect(await slice.gnt(first, 'gnt-cluster', 'verify')).not.toMatch(/ERROR/);
    });

    it('refuse what they cannot do', async () => {
      expect(await on(second, 'systemctl', 'status', 'nginx')).toEqual({
        status: 4,
        stdout: '',
        stderr: 'Unit nginx could not be found.\n',
      });
      expect(await on(second, 'systemctl', 'enable', 'ganeti')).toMatchObject({ status: 1, stdout: '' });
      for (const argv of [
        ['service', 'ganeti', 'restart'],
        ['systemctl', 'restart', 'ganeti'],
      ]) {
        const { status, stderr } = await slice.run(argv);
        expect(status).toBe(1);
        expect(stderr).toContain('this is no node');
      }
    });
  });

  it('has Ganeti’s Python modules and curl', async () => {
    for (const python of ['python', 'python3'])
      expect(await on(first, python, '-c', 'import ganeti.constants')).toEqual({ status: 0, stdout: '', stderr: '' });
    const { stdout } = await on(first, 'curl', '--silent', '--fail', `http://${second}:1815/1/list/collectors`);
    expect(JSON.parse(stdout)).toContainEqual(['lv', 'storage', 0]);
  });
});
