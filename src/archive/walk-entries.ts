import { createReadStream, type Stats } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Entry } from './entry.ts';
import { componentsOf } from './check-entries.ts';
import { fileError } from '../errors.ts';

/**
 * The entries of a local file, or of a directory and everything below it; each directory comes before its contents.
 *
 * tar-fs could do this, but it silently ends the archive at a file that is removed in the meantime.
 *
 * @param name name of the first entry
 * @throws {FileError} when something cannot be read
 */
export async function* walkEntries(path: string, name: string): AsyncGenerator<Entry> {
  componentsOf(name);
  let entry: Entry | undefined;
  let children: readonly string[] = [];
  try {
    const stats = await lstat(path);
    entry = await toEntry(stats, path, name);
    if (stats.isDirectory()) children = (await readdir(path)).sort();
  } catch (error) {
    throw fileError(error, `read ${path}`);
  }
  if (entry !== undefined) yield entry;
  for (const child of children) yield* walkEntries(join(path, child), `${name}/${child}`);
}

/** @returns `undefined` for a socket, which is useless in a copy */
async function toEntry(stats: Stats, path: string, name: string): Promise<Entry | undefined> {
  if (stats.isSocket()) return undefined;
  const entry = { name, mode: stats.mode & 0o7777, size: 0, modifiedAt: stats.mtime, target: '' };
  if (stats.isDirectory()) return { ...entry, type: 'directory' };
  if (stats.isSymbolicLink()) return { ...entry, type: 'symlink', target: await readlink(path) };
  if (!stats.isFile()) return { ...entry, type: stats.isFIFO() ? 'fifo' : 'device' };
  return { ...entry, type: 'file', size: stats.size, body: content(path, stats.size) };
}

/**
 * Reads no more than the size found earlier: a log can grow while it is read.  Opens the file when it is read: before,
 * an error would have no listener and end the process.
 */
function content(path: string, size: number): Readable {
  const read = async function* () {
    try {
      if (size > 0) yield* createReadStream(path, { end: size - 1 }) as AsyncIterable<Buffer>;
    } catch (error) {
      throw fileError(error, `read ${path}`);
    }
  };
  return Readable.from(read(), { objectMode: false });
}
