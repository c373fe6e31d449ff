import { chmod, link, lstat, lutimes, mkdir, readdir, rename, rm, rmdir, symlink, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { FileError, fileError } from '../errors.ts';
import type { Entry } from './entry.ts';
import { writeSparse } from './sparse.ts';
import { removeStale, stagingName } from './staging.ts';

/**
 * Writes checked entries into a local directory: all of them or none.
 *
 * Modes and times come from the entries; the owner is the user.
 *
 * @param directory an existing directory
 * @throws {FileError} when something cannot be written
 */
export async function unpack(entries: AsyncIterable<Entry>, directory: string, signal: AbortSignal): Promise<void> {
  const staging = join(directory, stagingName());
  const directories: Entry[] = [];
  try {
    await removeStale(directory);
    await mkdir(staging, { mode: 0o700 });
    for await (const entry of entries) {
      signal.throwIfAborted();
      await writeEntry(staging, entry);
      if (entry.type === 'directory') directories.push(entry);
    }
    signal.throwIfAborted();
    const existing = await moveInto(staging, directory);
    // New directories get their modes and times last, from the bottom up: writing into a directory changes its time,
    // and a read-only one could be neither filled, moved nor removed.
    for (const entry of directories.reverse()) {
      const path = join(directory, entry.name);
      if (!existing.has(path)) await setModeAndTime(path, entry);
    }
  } catch (error) {
    await rm(staging, { recursive: true, force: true }).catch(() => undefined);
    signal.throwIfAborted();
    throw fileError(error, `write into ${directory}`);
  }
}

/**
 * Creates one file, directory or link; a directory without its final mode and time.
 *
 * When this resolves or rejects, no write is pending any more, so the caller can remove the files.  (tar-fs and
 * node-tar go on writing for a while.)
 *
 * @param root a directory that no other program writes into
 */
async function writeEntry(root: string, entry: Entry): Promise<void> {
  const { name, type, mode, modifiedAt, target, body } = entry;
  const path = join(root, name);
  if (type === 'directory') {
    await mkdir(path, { recursive: true, mode: 0o700 });
    return;
  }
  await mkdir(dirname(path), { recursive: true });
  // An archive can contain a file twice; the later one wins.
  await rm(path, { force: true });
  if (type === 'symlink') {
    await symlink(target, path);
    await lutimes(path, modifiedAt, modifiedAt);
  } else if (type === 'link') await link(join(root, target), path);
  else {
    await writeSparse(path, body ?? Readable.from([]), mode & 0o700);
    await setModeAndTime(path, entry);
  }
}

async function setModeAndTime(path: string, { mode, modifiedAt }: Entry): Promise<void> {
  await chmod(path, mode);
  await utimes(path, modifiedAt, modifiedAt);
}

/**
 * Moves the contents of one directory into another on the same file system.  Existing directories keep their mode and
 * owner.  Existing files and links are replaced atomically, one by one; nothing is written through a link.
 *
 * `vcluster_slice/move_into.py` does the same in a slice.
 *
 * @returns the directories that already existed
 * @throws {FileError} before anything is moved, when a directory would replace a file or a file a directory
 */
async function moveInto(from: string, into: string): Promise<ReadonlySet<string>> {
  await refuseConflicts(from, into);
  const existing = new Set<string>();
  await moveAll(from, into, existing);
  return existing;
}

async function moveAll(from: string, into: string, existing: Set<string>): Promise<void> {
  for (const { source, target, directory, found } of await listMoves(from, into)) {
    if (directory && found === 'directory') {
      existing.add(target);
      await moveAll(source, target, existing);
    } else await rename(source, target);
  }
  await rmdir(from);
}

async function refuseConflicts(from: string, into: string): Promise<void> {
  for (const { source, target, directory, found } of await listMoves(from, into)) {
    if (directory && found === 'directory') await refuseConflicts(source, target);
    else if (found !== 'missing' && (directory || found === 'directory')) throw conflict(target, directory);
  }
}

interface Move {
  readonly source: string;
  readonly target: string;
  /** whether the source is a directory */
  readonly directory: boolean;
  /** what exists at the target; a link counts as a file, whatever it points to */
  readonly found: 'missing' | 'directory' | 'file';
}

async function listMoves(from: string, into: string): Promise<readonly Move[]> {
  const children = await readdir(from, { withFileTypes: true });
  return Promise.all(
    children.map(async (child) => {
      const target = join(into, child.name);
      return { source: join(from, child.name), target, directory: child.isDirectory(), found: await typeOf(target) };
    }),
  );
}

async function typeOf(path: string): Promise<Move['found']> {
  try {
    return (await lstat(path)).isDirectory() ? 'directory' : 'file';
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'missing';
    throw error;
  }
}

function conflict(target: string, directory: boolean): FileError {
  const message = directory
    ? `cannot create directory ${target}: a file or link of that name exists`
    : `cannot write file ${target}: a directory of that name exists`;
  return new FileError(message, { hint: 'nothing was copied; remove it first, or choose another target' });
}
