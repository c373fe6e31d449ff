import { lstat, realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileError } from '../../archive/file-error.ts';
import { measured } from '../../archive/measured.ts';
import { unpack } from '../../archive/unpack.ts';
import type { Engine } from '../../engine/engine.ts';
import { FileError } from '../../errors.ts';
import { type DestinationFacts, endingOf } from './decide.ts';
import type { Endpoint } from './endpoint.ts';
import { type CheckedEntries, writeIntoSlice } from './into-slice.ts';
import { findNodePath, resolveInSlice } from './node-path.ts';

/** Where a copy goes, when that is no stream. */
export interface Destination extends DestinationFacts {
  readonly container?: string;
  /** @throws {FileError} when that directory is missing */
  readonly requireDirectory: (path: string) => Promise<void>;
  /** Puts entries into a directory: all of them or none. */
  readonly receive: (entries: CheckedEntries, directory: string, signal: AbortSignal) => Promise<void>;
}

type Place = Exclude<Endpoint, { readonly type: 'stream' }>;

export async function findDestination(
  engine: Engine,
  endpoint: Place,
  cluster: string | undefined,
): Promise<Destination> {
  return endpoint.type === 'local' ? atLocal(endpoint.path) : atNode(engine, endpoint, cluster);
}

async function atLocal(given: string): Promise<Destination> {
  const found = await lookAt(given);
  return {
    ...found,
    shown: given,
    slash: endingOf(given).slash,
    requireDirectory: async (path) => {
      if ((await lookAt(path)).type !== 'directory') throw noDirectory(path);
    },
    receive: ({ all, onBytes }, directory, signal) => unpack(measured(all, onBytes), directory, signal),
  };
}

async function lookAt(given: string): Promise<Pick<DestinationFacts, 'path' | 'type'>> {
  try {
    const stats = await stat(given).catch(ifMissing);
    if (stats === undefined) {
      if ((await lstat(given).catch(ifMissing)) === undefined) return { path: resolve(given), type: 'missing' };
      throw new FileError(`${given} is a symbolic link to nothing`);
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
  endpoint: Extract<Endpoint, { readonly type: 'node' }>,
  cluster: string | undefined,
): Promise<Destination> {
  const place = await findNodePath(engine, cluster, endpoint);
  const found = await resolveInSlice(engine, place);
  return {
    ...found,
    container: place.container,
    shown: place.shown,
    slash: endingOf(endpoint.path).slash,
    requireDirectory: async (path) => {
      const parent = await resolveInSlice(engine, { ...place, path, shown: path });
      if (parent.type !== 'directory') throw noDirectory(`${path} in the slice`);
    },
    receive: (entries, directory, signal) => writeIntoSlice(engine, place, { entries, directory, signal }),
  };
}

function noDirectory(path: string): FileError {
  return new FileError(`there is no directory ${path}`, { hint: 'make it first' });
}
