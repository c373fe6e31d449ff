import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Entry } from './entry.ts';
import { fileError } from './file-error.ts';
import { placeAll } from './place.ts';
import { writeEntry } from './write-entry.ts';

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
  const late: (() => Promise<void>)[] = [];
  try {
    await mkdir(staging, { mode: 0o700 });
    for await (const entry of entries) {
      signal.throwIfAborted();
      await writeEntry(staging, entry, late);
    }
    // Those of directories, from below: what was written in them changed their times, and some modes would have forbidden it.
    for (const finish of late.reverse()) await finish();
    signal.throwIfAborted();
    await placeAll(staging, directory);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    signal.throwIfAborted();
    throw fileError(error, `write into ${directory}`);
  }
}
