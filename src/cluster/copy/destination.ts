import { lstat, realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { measured } from '../../archive/entry.ts';
import { unpack } from '../../archive/unpack.ts';
import type { Engine } from '../../engine/engine.ts';
import { fileError, FileError } from '../../errors.ts';
import {
  type DestinationFacts,
  endingOf,
  type CopyEnd,
  findNodePath,
  type NodePath,
  resolveInSlice,
} from './copy-end.ts';
import type { CheckedEntries } from './write.ts';
import { writeIntoRunning } from './write-running.ts';
import { writeIntoStopped } from './write-stopped.ts';

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
    receive: (entries, directory, signal) =>
      location.running
        ? writeIntoRunning(engine, location, { entries, directory, signal })
        : writeIntoStopped(engine, location, { entries, directory, signal }),
  };
}

function noDirectory(path: string): FileError {
  return new FileError(`there is no directory ${path}`, { hint: 'create it first' });
}
