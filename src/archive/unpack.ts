import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Entry } from './entry.ts';
import { fileError } from './file-error.ts';
import { placeAll } from './place.ts';
import { type Late, writeEntry } from './write-entry.ts';

/** Name of a directory beside the target, in which all is made before it is moved to where it belongs. */
export function stagingName(): string {
  return `.vcluster-box-cp-${randomBytes(6).toString('hex')}`;
}

/**
 * Writes entries, which were checked, into a local directory: all of them or none.
 *
 * Modes and times are those of the entries; everything belongs to the user.
 *
 * @param directory is there
 * @throws {FileError} when something cannot be written
 */
export async function unpack(entries: AsyncIterable<Entry>, directory: string, signal: AbortSignal): Promise<void> {
  const staging = join(directory, stagingName());
  const late: Late[] = [];
  try {
    await mkdir(staging, { mode: 0o700 });
    for await (const entry of entries) {
      signal.throwIfAborted();
      await writeEntry(staging, entry, late);
    }
    signal.throwIfAborted();
    const there = await placeAll(staging, directory);
    // Of directories that were not there, from below, now that all is in its place: what was written in them has changed their
    // times, and some modes forbid to write, to move and to remove.
    for (const { name, finish } of late.reverse()) {
      const path = join(directory, name);
      if (!there.has(path)) await finish(path);
    }
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    signal.throwIfAborted();
    throw fileError(error, `write into ${directory}`);
  }
}
