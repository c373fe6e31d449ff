import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capabilities } from '../../src/plan/container-settings.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { createSlice, type Slice, startSlice } from '../support/slice.ts';

// What docs/security.md says about each capability. test/slice/refusals.test.ts has NET_ADMIN.
const without = (...left: readonly string[]) => ({
  nodes: 1,
  settings: { capAdd: capabilities.filter((name) => !left.includes(name)) },
});

describe.skipIf(!dockerAvailable)('a slice without one of the capabilities that a boot needs', () => {
  it.each([
    ['CHOWN', 'directories'],
    ['DAC_OVERRIDE', 'directories'],
    ['FOWNER', 'directories'],
  ])('%s fails at the step %s', async (name, step) => {
    await using slice = await createSlice(without(name));
    expect((await slice.start('failed')).at(-1)).toMatchObject({ type: 'failed', step });
  });
});

describe.skipIf(!dockerAvailable)('a slice without the capabilities that a boot does not need', () => {
  let slice: Slice;
  beforeAll(async () => {
    slice = await startSlice(without('KILL', 'SYS_CHROOT', 'NET_RAW', 'NET_BIND_SERVICE'));
  });
  afterAll(() => slice[Symbol.asyncDispose]());

  const node1 = 'node1.example.com';
  const run = (...argv: readonly string[]) => slice.run([`/srv/vcluster/${node1}/cmd`, ...argv]);

  it('SYS_CHROOT: sshd closes each connection', async () => {
    const ran = await run('ssh', '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=no', node1, 'true');
    expect(ran).toMatchObject({ status: 255, stderr: expect.stringContaining('Connection reset') as string });
  });

  it('NET_RAW: fping does not run', async () => {
    expect(await run('fping', node1)).toMatchObject({
      status: 126,
      stderr: expect.stringContaining('fping: Operation not permitted') as string,
    });
  });

  it('NET_BIND_SERVICE: the metadata daemon does not start', async () => {
    expect(await run('/usr/lib/ganeti/daemon-util', 'start', 'ganeti-metad')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('ganeti-metad (Operation not permitted)') as string,
    });
  });

  it('KILL: daemons of other users are not stopped', async () => {
    expect(await slice.run(['vcluster-slice', 'stop', 'node1'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('Operation not permitted') as string,
    });
    expect((await slice.run(['pgrep', '-c', '-u', 'gnt-rapi', 'ganeti-rapi'])).stdout).toBe('1\n');
  });
});

describe.skipIf(!dockerAvailable)('a slice without AUDIT_WRITE', () => {
  it('has ssh without a terminal only', async () => {
    await using slice = await startSlice(without('AUDIT_WRITE'));
    expect(await slice.run(['ssh', 'node1', 'echo there'])).toMatchObject({ status: 0, stdout: 'there\n' });
    expect(await slice.run(['ssh', '-tt', 'node1', 'echo there'])).toMatchObject({ status: 255 });
  });
});

describe.skipIf(!dockerAvailable)('a container of the image', () => {
  const asUser = ['start-stop-daemon', '--start', '--chuid', 'gnt-rapi:gnt-rapi', '--exec', '/bin/true'];
  const setRight = ['setcap', 'cap_net_bind_service=+ep', '/usr/lib/ganeti/default/usr/sbin/ganeti-metad'];

  it.each([
    ['SETUID', [false, true]],
    ['SETGID', [false, true]],
    ['SETFCAP', [true, false]],
  ])('without %s: can start daemons as their users, and give the metadata daemon its right: %j', async (name, can) => {
    await using box = await startSlice({ ...without(name), idle: true });
    const ran = await Promise.all([asUser, setRight].map((argv) => box.run(argv)));
    expect(ran.map(({ status }) => status === 0)).toEqual(can);
  });
});
