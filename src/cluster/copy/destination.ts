import { lstat, realpath, stat } from 'node:fs/promises';
import { posix, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { type Entry, measured } from '../../archive/entry.ts';
import { packEntries, readEntries, spool } from '../../archive/tar.ts';
import { stagingName } from '../../archive/staging.ts';
import { unpack } from '../../archive/unpack.ts';
import type { Engine } from '../../engine/engine.ts';
import { fileError, FileError } from '../../errors.ts';
import { capture } from '../exec.ts';
import {
  type DestinationFacts,
  endingOf,
  type CopyEnd,
  findNodePath,
  type NodePath,
  resolveInSlice,
} from './copy-end.ts';
import { moveInto } from './move-into.ts';

/** A destination other than a stream. */
export interface Destination extends DestinationFacts {
  readonly inSlice?: NodePath;
  /** @throws {FileError} when that directory does not exist */
  readonly requireDirectory: (path: string) => Promise<void>;
  /** Writes entries into a directory: all of them or none. */
  readonly receive: (entries: CheckedEntries, directory: string, signal: AbortSignal) => Promise<void>;
}

export async function findDestination(
  engine: Engine,
  endpoint: Exclude<CopyEnd, { readonly type: 'stream' }>,
  cluster: string | undefined,
): Promise<Destination> {
  return endpoint.type === 'local' ? atLocal(endpoint.path) : atNode(engine, endpoint, cluster);
}

async function atLocal(given: string): Promise<Destination> {
  const found = await findLocal(given);
  return {
    ...found,
    shown: given,
    slash: endingOf(given).slash,
    requireDirectory: async (path) => {
      if ((await findLocal(path)).type !== 'directory') throw noDirectory(path);
    },
    receive: ({ all, onBytes }, directory, signal) => unpack(measured(all, onBytes), directory, signal),
  };
}

async function findLocal(given: string): Promise<Pick<DestinationFacts, 'path' | 'type'>> {
  try {
    const stats = await stat(given).catch(ifMissing);
    if (stats === undefined) {
      if ((await lstat(given).catch(ifMissing)) === undefined) return { path: resolve(given), type: 'missing' };
      throw new FileError(`${given} is a dangling symbolic link`);
    }
    const type = stats.isDirectory() ? 'directory' : stats.isFile() ? 'file' : 'other';
    return { path: await realpath(given), type };
  } catch (error) {
    throw fileError(error, `write ${given}`);
  }
}

function ifMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}

async function atNode(
  engine: Engine,
  endpoint: Extract<CopyEnd, { readonly type: 'node' }>,
  cluster: string | undefined,
): Promise<Destination> {
  const location = await findNodePath(engine, cluster, endpoint);
  const found = await resolveInSlice(engine, location);
  return {
    ...found,
    inSlice: location,
    shown: location.shown,
    slash: endingOf(endpoint.path).slash,
    requireDirectory: async (path) => {
      const parent = await resolveInSlice(engine, { ...location, path, shown: path });
      if (parent.type !== 'directory') throw noDirectory(`${path} in the slice`);
    },
    receive: (entries, directory, signal) => writeIntoSlice(engine, location, { entries, directory, signal }),
  };
}

function noDirectory(path: string): FileError {
  return new FileError(`there is no directory ${path}`, { hint: 'create it first' });
}

export interface CheckedEntries {
  readonly all: AsyncIterable<Entry>;
  /** called for each chunk that is transferred */
  readonly onBytes: (count: number) => void;
}

interface Write {
  readonly entries: CheckedEntries;
  /** absolute path of an existing directory */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/**
 * Writes entries into a directory of a slice: all of them or none.
 *
 * A running slice moves the entries into place from a temporary directory next to the target, or removes that
 * directory.  In a stopped slice only the engine can write, and it can neither move nor remove.  So it gets nothing
 * until the whole stream has been read.
 */
async function writeIntoSlice(engine: Engine, slice: NodePath, write: Write): Promise<void> {
  if (slice.running) await writeRunning(engine, slice, write);
  else await writeStopped(engine, slice.container, write);
}

async function writeRunning(engine: Engine, slice: NodePath, { entries, directory, signal }: Write): Promise<void> {
  const { container } = slice;
  const name = stagingName();
  const staging = posix.join(directory, name);
  try {
    const staged = packEntries(below(name, entries.all), entries.onBytes);
    await engine.writeArchive(container, directory, staged, signal);
    signal.throwIfAborted();
    await moveInto(engine, slice, { staging, directory, signal });
  } catch (error) {
    await capture(engine, container, ['rm', '-rf', '--', staging]).catch(() => undefined);
    throw error;
  }
}

/** Puts everything below one directory, which only root can read while it is incomplete. */
async function* below(name: string, entries: AsyncIterable<Entry>): AsyncGenerator<Entry> {
  yield { name, type: 'directory', mode: 0o700, size: 0, modifiedAt: new Date(), target: '' };
  for await (const entry of entries) {
    const target = entry.type === 'link' ? `${name}/${entry.target}` : entry.target;
    yield { ...entry, name: `${name}/${entry.name}`, target };
  }
}

async function writeStopped(engine: Engine, container: string, { entries, directory, signal }: Write): Promise<void> {
  await using kept = await spool(packEntries(entries.all, entries.onBytes), signal);
  const existing = await existingDirectories(engine, container, { directory, names: await directoriesOf(kept.read()) });
  const missing = without(existing, readEntries(kept.read()));
  signal.throwIfAborted();
  // Not interruptible from here on: the engine unpacks into the target, and would leave it incomplete.
  await engine.writeArchive(container, directory, packEntries(missing), new AbortController().signal);
}

async function directoriesOf(tar: Readable): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { type, name, body } of readEntries(tar)) {
    body?.resume();
    if (type === 'directory') names.push(name);
  }
  return names;
}

/**
 * The directories that already exist.  They are left out of the archive, because the engine would change their owner
 * and mode.
 */
async function existingDirectories(
  engine: Engine,
  container: string,
  { directory, names }: { readonly directory: string; readonly names: readonly string[] },
): Promise<ReadonlySet<string>> {
  const existing = new Set<string>();
  for (const name of names) {
    // Nothing exists below a missing directory.
    if (name.includes('/') && !existing.has(posix.dirname(name)) && names.includes(posix.dirname(name))) continue;
    const path = posix.join(directory, name);
    const found = await engine.inspectPath(container, path);
    if (found === undefined) continue;
    if (found.type === 'directory') existing.add(name);
    else throw new FileError(`cannot create directory ${path}: a file or link of that name exists`);
  }
  return existing;
}

async function* without(names: ReadonlySet<string>, entries: AsyncIterable<Entry>): AsyncGenerator<Entry> {
  for await (const entry of entries) if (!names.has(entry.name)) yield entry;
}
