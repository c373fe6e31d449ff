import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { env, kill, pid } from 'node:process';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openTunnel } from '../../../src/engine/locate/ssh-tunnel.ts';

/** Replaces ssh: writes down its process ID and, like ssh, creates the socket a moment before it listens on it. */
const ssh = `#!/usr/bin/env python3
import os, signal, socket, sys, time
with open(os.environ["SSH_PIDS"], "w") as pids:
    pids.write(f"{os.getpid()} {os.getpgid(0)}")
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[sys.argv.index("-L") + 1].split(":")[0])
time.sleep(float(os.environ["SSH_DELAY"]))
listener.listen()
signal.pause()
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vcluster-box-'));
  await writeFile(join(folder, 'ssh'), ssh, { mode: 0o755 });
  vi.stubEnv('PATH', [folder, env['PATH']].join(delimiter));
  vi.stubEnv('TMPDIR', folder);
  vi.stubEnv('SSH_PIDS', join(folder, 'pids'));
  vi.stubEnv('SSH_DELAY', '0');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const pids = async () => (await readFile(join(folder, 'pids'), 'utf8')).split(' ').map(Number);

it('a tunnel is in a process group of its own, so that Ctrl-C does not end it', async () => {
  await openTunnel(new URL('ssh://lab'));
  const [process = 0, group] = await pids();
  expect(process).not.toBe(pid);
  expect(group).toBe(process);
  kill(process);
});

it('a tunnel is open when ssh listens, not already when the socket exists', async () => {
  vi.stubEnv('SSH_DELAY', '0.2');
  const { socket } = await openTunnel(new URL('ssh://slow'));
  const connection = connect(socket);
  await once(connection, 'connect');
  connection.destroy();
  kill((await pids())[0] ?? 0);
});
