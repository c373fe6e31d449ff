import { randomBytes } from 'node:crypto';
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const prefix = '.vcluster-box-cp-';
const hourMs = 3_600_000;

/** Name of a temporary directory next to the target.  Everything is written there first and then moved into place. */
export function stagingName(): string {
  return `${prefix}${randomBytes(6).toString('hex')}`;
}

/**
 * Removes temporary directories that killed copies left in a directory.  One that has changed within the last hour can
 * be in use.  `vcluster_slice/move_into.py` does the same in a slice.
 */
export async function removeStale(directory: string, staleMs = hourMs): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.startsWith(prefix)) continue;
    const path = join(directory, name);
    // It can belong to another user, or disappear meanwhile.
    await removeIfStale(path, staleMs).catch(() => undefined);
  }
}

async function removeIfStale(path: string, staleMs: number): Promise<void> {
  const below = await readdir(path, { recursive: true });
  const all = await Promise.all([path, ...below.map((name) => join(path, name))].map((file) => lstat(file)));
  // Unlike the time of modification, a program cannot set the time of change.
  if (Date.now() - Math.max(...all.map(({ ctimeMs }) => ctimeMs)) < staleMs) return;
  await rm(path, { recursive: true });
}
