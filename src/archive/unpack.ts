import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, link, lstat, lutimes, mkdir, readdir, rename, rm, rmdir, symlink, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FileError, fileError } from '../errors.ts';
import type { Entry } from './entry.ts';

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
    const there = await moveInto(staging, directory);
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

/** What is to be done with a directory when all is in its place. */
export interface Late {
  /** of its entry */
  readonly name: string;
  /** @param path where it is then */
  readonly finish: (path: string) => Promise<void>;
}

/**
 * Makes what one entry stands for, and is done when it resolves or throws: nothing goes on behind the back of whoever removes it.
 * (tar-fs goes on for a while.)
 *
 * @param root a directory that nobody else writes into
 * @param late gets what is to be done when all is written, in the order of the entries
 */
async function writeEntry(root: string, entry: Entry, late: Late[]): Promise<void> {
  const { name, type, mode, modifiedAt, target, body } = entry;
  const path = join(root, name);
  if (type === 'directory') {
    await mkdir(path, { recursive: true, mode: 0o700 });
    late.push({ name, finish: (at) => setModeAndTime(at, entry) });
    return;
  }
  await mkdir(dirname(path), { recursive: true });
  // An archive may have a file twice; the later counts.
  await rm(path, { force: true });
  if (type === 'symlink') {
    await symlink(target, path);
    await lutimes(path, modifiedAt, modifiedAt);
  } else if (type === 'link') await link(join(root, target), path);
  else {
    await pipeline(body ?? [], createWriteStream(path, { flags: 'wx', mode: mode & 0o700 }));
    await setModeAndTime(path, entry);
  }
}

async function setModeAndTime(path: string, { mode, modifiedAt }: Entry): Promise<void> {
  await chmod(path, mode);
  await utimes(path, modifiedAt, modifiedAt);
}

/**
 * Moves all that is in one directory into another on the same disk.  Directories that are there are gone into and left as they
 * are; files and links that are there are replaced, each at once; nothing is written through a link.
 *
 * `vcluster_slice/move_into.py` does the same in a slice.
 *
 * @returns the directories that were there
 * @throws {FileError} before anything is moved, when a directory is where a file belongs or the other way round
 */
async function moveInto(from: string, into: string): Promise<ReadonlySet<string>> {
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
