import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { env, kill, pid } from 'node:process';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openTunnel } from '../../../src/engine/locate/ssh-tunnel.ts';

/** Replaces ssh: creates the socket that ssh would forward, and writes down its process id. */
const ssh = `#!/usr/bin/env python3
import os, signal, socket, sys
socket.socket(socket.AF_UNIX).bind(sys.argv[sys.argv.index("-L") + 1].split(":")[0])
with open(os.environ["SSH_PIDS"], "w") as pids:
    pids.write(f"{os.getpid()} {os.getpgid(0)}")
signal.pause()
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vcluster-box-'));
  await writeFile(join(folder, 'ssh'), ssh, { mode: 0o755 });
  vi.stubEnv('PATH', [folder, env['PATH']].join(delimiter));
  vi.stubEnv('TMPDIR', folder);
  vi.stubEnv('SSH_PIDS', join(folder, 'pids'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

it('a tunnel is in a process group of its own, so that Ctrl-C does not end it', async () => {
  await openTunnel(new URL('ssh://lab'));
  await expect.poll(() => readFile(join(folder, 'pids'), 'utf8').catch(() => '')).toMatch(/^\d+ \d+$/);
  const [process = 0, group] = (await readFile(join(folder, 'pids'), 'utf8')).split(' ').map(Number);
  expect(process).not.toBe(pid);
  expect(group).toBe(process);
  kill(process);
});
