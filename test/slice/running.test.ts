import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slicePaths } from '../../src/plan/slice-paths.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { python } from '../support/slice-python.ts';
import { createSlice, type Slice } from '../support/slice.ts';

const node1 = 'node1.example.com';
const node2 = 'node2.example.com';
const program = slicePaths.program;

describe.skipIf(!dockerAvailable)('a running slice', () => {
  let slice: Slice;
  beforeAll(async () => {
    slice = await createSlice();
    await slice.start('step-started', 'network');
  });
  afterAll(() => slice[Symbol.asyncDispose]());

  const cmd = (node: string, ...argv: string[]) => slice.run([`/srv/vcluster/${node}/cmd`, ...argv]);
  const shell = async (line: string) => (await slice.run(['sh', '-c', line])).stdout;

  it('becomes healthy only when it is ready', async () => {
    expect(await slice.run([program, 'healthy'])).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('not ready yet') as unknown,
    });
    const events = await slice.start();
    expect(events.at(-1)).toMatchObject({ type: 'ready', nodes: 3, master: node1, rapi: { port: 5080, user: 'rapi' } });
    expect(await slice.run([program, 'healthy'])).toMatchObject({ status: 0, stdout: 'the cluster answers\n' });
  });

  it('reports the start and the end of each step', async () => {
    const steps = ['check', 'network', 'directories', 'ssh', 'init', 'join', 'daemons', 'ready'];
    const events = await slice.log();
    const stepsOf = (wanted: string) => events.filter(({ type }) => type === wanted).map(({ step }) => step);
    expect(stepsOf('step-started')).toEqual([...steps, 'instances']);
    expect(stepsOf('step-done')).toEqual(steps);
    expect(stepsOf('step-skipped')).toEqual(['instances']);
    expect(events.filter(({ type }) => type === 'strange')).toEqual([]);
  });

  it('is healthy for the engine too', async () => {
    const health = async () => (await slice.engine.inspectContainer(slice.container))?.health;
    await expect.poll(health, { timeout: 30_000, interval: 500 }).toBe('healthy');
  });

  it('has tini as process 1, which leaves no zombies', async () => {
    expect(await shell('cat /proc/1/comm; grep -l "^State:.Z" /proc/[0-9]*/status')).toBe('tini\n');
  });

  it('runs the hooks of /etc/ganeti/hooks on all nodes, where programs get the node’s name as host name', async () => {
    const hook = '/etc/ganeti/hooks/node-modify-post.d/log';
    const lines = ['#!/bin/sh', '{ hostname; hostname -s', 'python3 -c "import socket; print(socket.gethostname())"'];
    const content = `${[...lines, 'echo; } >/tmp/$GANETI_HOSTNAME'].join('\n')}\n`;
    await slice.engine.writeFiles(slice.container, [{ path: hook, content, mode: 0o755 }]);
    await slice.gnt(node1, 'gnt-node', 'modify', '--drained=no', node2);
    expect(await shell(`cat /tmp/${node1} /tmp/${node2}; hostname; rm -r /etc/ganeti/hooks/*`)).toBe(
      `${node1}\nnode1\n${node1}\n\n${node2}\nnode2\n${node2}\n\n${slice.settings.hostname}\n`,
    );
  });

  it('reports its status', async () => {
    const { stdout } = await slice.run([program, 'status']);
    const everywhere = { 'ganeti-noded': true, 'ganeti-mond': true, 'ganeti-confd': true };
    const leading = { 'ganeti-wconfd': true, 'ganeti-luxid': true, 'ganeti-rapi': true };
    const resources = { memoryMiB: 65_536, ownMemoryMiB: 1024, cpus: 16, ownCpus: 1, diskMiB: 2 ** 20 };
    const node = (number: number, role: string, daemons: object) => {
      const [name, address] = [`node${number}.example.com`, `198.18.1.${number}`];
      return { name, address, state: 'running', role, answers: true, daemons, resources };
    };
    expect(JSON.parse(stdout)).toEqual({
      ready: true,
      ganeti: '3.0.2',
      cluster: { name: 'cluster.example.com', address: '198.18.0.1', master: node1 },
      votes: {
        votes: [1, 2, 3].map((number) => {
          const told = expect.any(Number) as unknown;
          const state = { stopped: false, offline: false, answers: true };
          return { node: `node${number}.example.com`, master: node1, since: told, ...state };
        }),
        leading: node1,
      },
      ...{ rapi: true, problem: null, synced: null, warnings: [] },
      nodes: [
        node(1, 'master', { ...everywhere, ...leading }),
        node(2, 'candidate', everywhere),
        node(3, 'candidate', everywhere),
      ],
    });
  });

  it('reports facts about the engine’s host', async () => {
    const { stdout } = await slice.run([program, 'probe']);
    const number = expect.any(Number) as unknown;
    expect(JSON.parse(stdout)).toEqual({
      kernel: expect.stringMatching(/^\d+\./) as unknown,
      ...{ inotifyInstances: number, inotifyWatches: number, nofileSoft: number, nofileHard: number },
      memoryAvailableMiB: number,
      diskFreeMiB: number,
    });
  });

  it('prints its usage', async () => {
    const { status, stderr } = await slice.run([program, 'no-such-command']);
    expect([status, stderr.split('\n')[0]]).toEqual([2, 'usage: vcluster-slice COMMAND']);
  });

  describe('cmd', () => {
    it('passes arguments to the command unchanged', async () => {
      const words = ['a b;$c', '', `it's "quoted"`, 'two\nlines', 'Ünïcödé ☃', '*', '\\', '--', ' '];
      expect((await cmd(node2, 'printf', '[%s]', ...words)).stdout).toBe(words.map((word) => `[${word}]`).join(''));
    });

    it.each([0, 1, 42, 127, 255])('exits with the command’s status, %i', async (status) => {
      expect((await cmd(node2, 'sh', '-c', `exit ${status}`)).status).toBe(status);
    });

    it('treats a single argument as a line for the shell', async () => {
      const { stdout, status } = await cmd(
        node2,
        'echo "$GANETI_HOSTNAME" | tr a-z A-Z; echo "$GANETI_ROOTDIR"; exit 3',
      );
      expect([stdout, status]).toEqual([`NODE2.EXAMPLE.COM\n/srv/vcluster/${node2}\n`, 3]);
    });

    it('limits the number of open files for the command', async () => {
      expect(Number((await cmd(node2, 'ulimit -Sn')).stdout)).toBeLessThanOrEqual(4096);
    });

    it('refuses gnt-node on a node that is not the master, as Ganeti does', async () => {
      const { status, stderr } = await cmd(node2, 'gnt-node', 'list');
      expect(status).not.toBe(0);
      expect(stderr).toContain('This is not the master node');
    });
  });

  it('keeps other lines of the hosts file, however often it writes it', async () => {
    await shell('echo "192.0.2.99 other" >>/etc/hosts; stat -c %i /etc/hosts >/tmp/inode');
    const before = await shell('cat /etc/hosts');
    const write =
      'from vcluster_slice.network import addresses; from vcluster_slice.plan import loader; addresses.write_hosts(loader.load(None))';
    for (let i = 0; i < 2; i++) await python(slice, write);
    expect((await shell('cat /etc/hosts')).split('\n').toSorted()).toEqual(before.split('\n').toSorted());
    expect(await shell('stat -c %i /etc/hosts')).toBe(await shell('cat /tmp/inode'));
    expect(before).toContain('127.0.0.1\tlocalhost\n');
  });

  it('shows its password only in its own file', async () => {
    const password = (await shell(`cat ${slicePaths.rapiPassword}`)).trim();
    expect(password).toMatch(/^[\w-]{20,}$/);
    expect(await shell(`stat -c '%a %U' ${slicePaths.rapiPassword}`)).toBe('600 root\n');
    const details = await slice.engine.inspectContainer(slice.container);
    expect(JSON.stringify([await slice.log(), details])).not.toContain(password);
    const places = '/var/lib /proc/[0-9]*/environ /proc/[0-9]*/cmdline /srv /var/log /etc /root /run';
    const search = await slice.run(['sh', '-c', `grep -rlasF -f - ${places}`], { stdin: `${password}\n` });
    expect(search.stdout).toBe(`${slicePaths.rapiPassword}\n`);
  });

  describe('start-all, stop-all, restart-all, watcher-all', () => {
    const all = (action: string, ...options: string[]) =>
      slice.run([`/srv/vcluster/${action}-all`, ...options], { cwd: '/tmp' });
    const healthy = async () => (await slice.run([program, 'healthy'])).status === 0;
    const daemons = async () => (await shell('cat /proc/[0-9]*/comm | grep "^ganeti-" | sort -u')).trim().split('\n');
    const becomesHealthy = () => expect.poll(healthy, { timeout: 30_000, interval: 200 }).toBe(true);

    it('start nothing that already runs', async () => {
      const before = await shell('tail -n +1 /srv/vcluster/*/var/run/ganeti/*.pid');
      expect(await all('start')).toMatchObject({ status: 0, stderr: '' });
      expect(await shell('tail -n +1 /srv/vcluster/*/var/run/ganeti/*.pid')).toBe(before);
    });

    it('stop all daemons, and start them again', async () => {
      const before = await daemons();
      expect(before).toHaveLength(6);
      expect((await all('stop')).status).toBe(0);
      expect([await daemons(), await healthy()]).toEqual([[''], false]);
      expect((await all('start')).status).toBe(0);
      await becomesHealthy();
      expect(await daemons()).toEqual(before);
    });

    it('restart', async () => {
      const pid = () => shell(`cat /srv/vcluster/${node2}/var/run/ganeti/ganeti-noded.pid`);
      const before = await pid();
      expect((await all('restart')).status).toBe(0);
      expect(await pid()).not.toBe(before);
      await becomesHealthy();
    });

    it('start killed daemons', async () => {
      await shell(`kill -KILL $(cat /srv/vcluster/${node1}/var/run/ganeti/ganeti-luxid.pid)`);
      expect(await healthy()).toBe(false);
      expect((await all('start')).status).toBe(0);
      await becomesHealthy();
    });

    it('run the watcher on each node', async () => {
      const { status, stdout } = await all('watcher', '--no-wait-children');
      expect([status, stdout.match(/^Running watcher for virtual node \S+/gm)?.length]).toEqual([0, 3]);
    });

    it('fail if a node fails, and say which one and why', async () => {
      const defaults = `/srv/vcluster/${node2}/etc/default/ganeti`;
      await shell(`cp ${defaults} /tmp/defaults; echo "EXTRA_NODED_ARGS=--no-such-option" >>${defaults}`);
      expect((await all('stop')).status).toBe(0);
      const { status, stderr } = await all('start');
      expect(status).toBe(1);
      expect(stderr).toContain(`${node2}: ganeti-noded does not start`);
      expect(stderr).toContain('no such option: --no-such-option');
      await shell(`cp /tmp/defaults ${defaults}`);
      expect((await all('start')).status).toBe(0);
      await becomesHealthy();
    });

    it('run the watcher on every node even if it fails on one, and then fail', async () => {
      const log = `/srv/vcluster/${node2}/var/log/ganeti/watcher.log`;
      await shell(`mv ${log} /tmp/ && mkdir ${log}`);
      const { status, stdout, stderr } = await all('watcher', '--no-wait-children');
      await shell(`rmdir ${log} && mv /tmp/watcher.log ${log}`);
      expect([status, stdout.match(/^Running watcher for virtual node \S+/gm)?.length]).toEqual([1, 3]);
      expect(stderr).toMatch(/^node2\.example\.com: ganeti-watcher.* ended with status/m);
      expect(stderr).not.toMatch(/^node[13]/m);
    });
  });
});
