import { lstat, readdir, rename, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FileError } from '../errors.ts';

/**
 * Moves all that is in one directory into another on the same disk.  Directories that are there are gone into and left as they
 * are; files and links that are there are replaced, each at once; nothing is written through a link.
 *
 * `vcluster_slice/place.py` does the same in a slice.
 *
 * @returns the directories that were there
 * @throws {FileError} before anything is moved, when a directory is where a file belongs or the other way round
 */
export async function placeAll(from: string, into: string): Promise<ReadonlySet<string>> {
  await refuseConflicts(from, into);
  const goneInto = new Set<string>();
  await moveAll(from, into, goneInto);
  return goneInto;
}

async function moveAll(from: string, into: string, goneInto: Set<string>): Promise<void> {
  for (const { source, target, directory, there } of await list(from, into)) {
    if (directory && there === 'directory') {
      goneInto.add(target);
      await moveAll(source, target, goneInto);
    } else await rename(source, target);
  }
  await rmdir(from);
}

async function refuseConflicts(from: string, into: string): Promise<void> {
  for (const { source, target, directory, there } of await list(from, into)) {
    if (directory && there === 'directory') await refuseConflicts(source, target);
    else if (there !== 'missing' && (directory || there === 'directory')) throw conflict(target, directory);
  }
}

interface Move {
  readonly source: string;
  readonly target: string;
  /** whether the source is one */
  readonly directory: boolean;
  /** what is at the target now; a link is a `file`, wherever it leads */
  readonly there: 'missing' | 'directory' | 'file';
}

async function list(from: string, into: string): Promise<readonly Move[]> {
  const found = await readdir(from, { withFileTypes: true });
  return Promise.all(
    found.map(async (entry) => {
      const target = join(into, entry.name);
      return { source: join(from, entry.name), target, directory: entry.isDirectory(), there: await whatIsAt(target) };
    }),
  );
}

async function whatIsAt(path: string): Promise<Move['there']> {
  try {
    return (await lstat(path)).isDirectory() ? 'directory' : 'file';
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'missing';
    throw error;
  }
}

function conflict(target: string, directory: boolean): FileError {
  const message = directory
    ? `cannot make the directory ${target}: a file or a link is in its place`
    : `cannot write the file ${target}: a directory is in its place`;
  return new FileError(message, { hint: 'nothing was copied; remove what is in the way, or choose another target' });
}
