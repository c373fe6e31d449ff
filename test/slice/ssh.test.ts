import { describe, expect, it } from 'vitest';
import { ganetiVersions } from '../../src/config/defaults.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { python } from '../support/slice-python.ts';
import { createSlice } from '../support/slice.ts';

describe.skipIf(!dockerAvailable).each(ganetiVersions)('the sshd of a slice with Ganeti %s', (ganeti) => {
  it('accepts a client that has connected many times without logging in, as slices do', async () => {
    await using slice = await createSlice({ ganeti, nodes: 1 });
    await slice.start('step-done', 'ssh');
    // As `listens` of `vcluster_slice/peers/remote.py` does.
    await python(
      slice,
      `
import socket
for _ in range(40):
    with socket.create_connection(("198.18.1.1", 22), 5) as connection:
        connection.recv(4)`,
    );
    // sshd counts connections only when its processes for them have ended.
    const left = async () => (await slice.run(['sh', '-c', 'pgrep -c -P "$(cat /run/sshd.pid)"'])).stdout;
    await expect.poll(left, { timeout: 20_000 }).toBe('0\n');
    const argv = ['ssh', '-o', 'BatchMode=yes', 'root@198.18.1.1', 'echo', 'in'];
    expect(await slice.run(argv)).toMatchObject({ status: 0, stdout: 'in\n' });
  });
});
