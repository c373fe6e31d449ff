import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { env, kill, pid } from 'node:process';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openTunnel } from '../../../src/engine/locate/ssh-tunnel.ts';

/** In place of ssh: makes the socket that it is to forward, and tells which process it is. */
const ssh = `#!/usr/bin/env python3
import os, signal, socket, sys
socket.socket(socket.AF_UNIX).bind(sys.argv[sys.argv.index("-L") + 1].split(":")[0])
with open(os.environ["SSH_TOLD"], "w") as told:
    told.write(f"{os.getpid()} {os.getpgid(0)}")
signal.pause()
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vcluster-box-'));
  await writeFile(join(folder, 'ssh'), ssh, { mode: 0o755 });
  vi.stubEnv('PATH', [folder, env['PATH']].join(delimiter));
  vi.stubEnv('TMPDIR', folder);
  vi.stubEnv('SSH_TOLD', join(folder, 'told'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

it('a tunnel is not ended by what a terminal sends to this program and all that it has started', async () => {
  await openTunnel(new URL('ssh://lab'));
  await expect.poll(() => readFile(join(folder, 'told'), 'utf8').catch(() => '')).toMatch(/^\d+ \d+$/);
  const [process = 0, group] = (await readFile(join(folder, 'told'), 'utf8')).split(' ').map(Number);
  expect(process).not.toBe(pid);
  expect(group).toBe(process);
  kill(process);
});
