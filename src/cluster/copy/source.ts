import { realpath, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { Readable } from 'node:stream';
import type { Entry } from '../../archive/entry.ts';
import { walkEntries } from '../../archive/walk-entries.ts';
import { FileError, fileError } from '../../errors.ts';
import { readEntries } from '../../archive/tar.ts';
import type { Engine } from '../../engine/engine.ts';
import { endingOf, type CopyEnd, findNodePath, type NodePath, resolveInSlice, type SourceFacts } from './copy-end.ts';

/** What is copied, ready to be read. */
export interface CopySource extends SourceFacts {
  /** see `CheckOptions` */
  readonly root: string;
  /** its place in a slice; omitted for local files and streams */
  readonly inSlice?: NodePath;
  readonly open: (signal: AbortSignal) => AsyncIterable<Entry>;
}

interface SourceContext {
  readonly cluster: string | undefined;
  readonly stdin: () => NodeJS.ReadableStream;
}

/** @throws {FileError} when the source does not exist or cannot be copied */
export async function findSource(engine: Engine, endpoint: CopyEnd, context: SourceContext): Promise<CopySource> {
  switch (endpoint.type) {
    case 'stream':
      return fromStream(context.stdin());
    case 'local':
      return fromLocal(endpoint.path);
    case 'node':
      return fromNode(engine, context.cluster, endpoint);
  }
}

function fromStream(stdin: NodeJS.ReadableStream): CopySource {
  const open = () => readEntries(Readable.from(stdin, { objectMode: false }));
  return { shown: 'the tar stream', type: 'directory', name: '', slash: false, root: '', open };
}

async function fromLocal(given: string): Promise<CopySource> {
  try {
    const path = await realpath(given);
    const stats = await stat(path);
    const type = stats.isDirectory() ? 'directory' : stats.isFile() ? 'file' : 'other';
    return finish(given, type, { name: basename(resolve(given)), open: (top) => walkEntries(path, top), path });
  } catch (error) {
    throw fileError(error, `copy ${given}`);
  }
}

async function fromNode(
  engine: Engine,
  cluster: string | undefined,
  endpoint: Extract<CopyEnd, { readonly type: 'node' }>,
): Promise<CopySource> {
  const location = await findNodePath(engine, cluster, endpoint);
  const { container, shown } = location;
  const { path, type } = await resolveInSlice(engine, location);
  if (type === 'missing') throw new FileError(`${shown} does not exist`, { hint: `the path in the slice is ${path}` });
  const open = (_top: string, signal: AbortSignal) => readFrom(engine, container, archived(path, type), signal);
  const source = finish(endpoint.path, type, { name: basename(location.path), open, path });
  return { ...source, shown, inSlice: { ...location, path } };
}

/** With `/.`, the names of a directory's entries start with `./`, and the engine follows a link to a directory. */
function archived(path: string, type: string): string {
  return type === 'directory' ? `${path === '/' ? '' : path}/.` : path;
}

async function* readFrom(engine: Engine, container: string, path: string, signal: AbortSignal): AsyncGenerator<Entry> {
  yield* readEntries(await engine.readArchive(container, path, signal));
}

interface OpenableSource {
  readonly name: string;
  readonly path: string;
  readonly open: (top: string, signal: AbortSignal) => AsyncIterable<Entry>;
}

function finish(given: string, type: 'file' | 'directory' | 'other', { name, path, open }: OpenableSource): CopySource {
  if (type === 'other') {
    throw new FileError(`${given} is neither a file nor a directory`, { hint: 'devices and pipes cannot be copied' });
  }
  const { slash, contents } = endingOf(given);
  const root = type === 'file' ? basename(path) : '';
  return {
    shown: given,
    type,
    slash,
    name: contents ? '' : name,
    root,
    open: (signal) => open(type === 'file' ? root : '.', signal),
  };
}
