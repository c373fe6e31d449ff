import { posix } from 'node:path';
import type { Engine, PathDetails } from '../../engine/engine.ts';
import { FileError, NotFoundError, UsageError } from '../../errors.ts';
import { locateNode } from '../exec-target.ts';

/** One side of a copy, as it was given. */
export type Endpoint =
  | { readonly type: 'node'; readonly node: string; readonly path: string }
  | { readonly type: 'local'; readonly path: string }
  /** stdin or stdout, as a tar stream */
  | { readonly type: 'stream' };

/** `NODE:PATH`, a local path, or `-`.  What has a slash before its first colon is local: `./a:b`. */
function parseEndpoint(text: string): Endpoint {
  if (text === '-') return { type: 'stream' };
  const [, node, path] = /^([^/:]+):(.*)$/s.exec(text) ?? [];
  if (node !== undefined && path !== undefined) return { type: 'node', node, path };
  if (text === '') throw new UsageError('an empty name is no file');
  return { type: 'local', path: text };
}

/** @throws {UsageError} when none of the two is in a cluster */
export function parseEndpoints(source: string, destination: string): readonly [Endpoint, Endpoint] {
  const both = [parseEndpoint(source), parseEndpoint(destination)] as const;
  if (both.some(({ type }) => type === 'node')) return both;
  throw new UsageError('neither SRC nor DST is on a node', {
    hint: 'write NODE:PATH for the one that is: vcluster-box cp node1:etc/ganeti ./etc',
  });
}

/** What is to be copied. */
export interface SourceFacts {
  /** as in messages */
  readonly shown: string;
  readonly type: 'file' | 'directory';
  /** what it is called in a directory that it is copied into; '' when only what is in it is copied */
  readonly name: string;
  /** whether the name that was given ends with a slash */
  readonly slash: boolean;
}

/** What is at the destination. */
export interface DestinationFacts {
  readonly shown: string;
  readonly type: 'missing' | 'file' | 'directory' | 'other';
  /** absolute, without links at its end, and no slash there */
  readonly path: string;
  readonly slash: boolean;
}

/** Where a copy goes: what is unpacked in which directory, and under which name. */
export interface Target {
  /** is there, unless the destination's parent is missing */
  readonly into: string;
  /** '' when the top entry stands for `into` itself */
  readonly as: string;
}

/**
 * By the rules of `docker cp`: into a directory that is there, under its own name; otherwise to that name.
 *
 * @throws {FileError} when the two do not fit
 */
export function decideTarget(source: SourceFacts, destination: DestinationFacts): Target {
  const { type, path } = destination;
  if (source.slash && source.type === 'file') throw new FileError(`${source.shown} is no directory`);
  if (type === 'other') throw new FileError(`${destination.shown} is neither a file nor a directory`);
  if (type === 'directory') return { into: path, as: source.name };
  if (type === 'file') refuseFile(source, destination);
  else refuseMissing(source, destination);
  return { into: posix.dirname(path), as: posix.basename(path) };
}

function refuseFile(source: SourceFacts, { shown, slash }: DestinationFacts): void {
  if (source.type === 'file' && !slash) return;
  const why = source.type === 'directory' ? 'a directory cannot be copied there' : 'it is no directory';
  throw new FileError(`${shown} is a file: ${why}`, { hint: 'choose another name, or remove it first' });
}

function refuseMissing(source: SourceFacts, { shown, slash }: DestinationFacts): void {
  if (source.type === 'directory' || !slash) return;
  throw new FileError(`there is no directory ${shown}`, { hint: 'make it first, or leave out the slash' });
}

/** Splits what was given into what it names and how it ends: `dir/` may only be a directory, `dir/.` is what is in it. */
export function endingOf(path: string): { readonly slash: boolean; readonly contents: boolean } {
  const contents = /(^|\/)\.$/.test(path) && path !== '.';
  return { slash: path.endsWith('/') || contents, contents };
}

/** A path that was named as `NODE:PATH`, in its slice. */
export interface NodePath {
  readonly container: string;
  readonly running: boolean;
  /** absolute, in the slice */
  readonly path: string;
  /** as it was given, for messages */
  readonly shown: string;
}

/** @throws {NotFoundError} when there is no such cluster or node */
export async function findNodePath(
  engine: Engine,
  cluster: string | undefined,
  { node, path }: Extract<Endpoint, { readonly type: 'node' }>,
): Promise<NodePath> {
  const { container, directory, running } = await locateNode(engine, cluster, node).catch((error: unknown) => {
    if (!(error instanceof NotFoundError) || !error.message.startsWith('there is no node')) throw error;
    const hint = `${error.hint ?? ''}; a local file is written so: ./${node}:${path}`;
    throw new NotFoundError(error.message, { hint });
  });
  return { container, running, path: posix.resolve(directory, path), shown: `${node}:${path}` };
}

export interface Resolved {
  readonly path: string;
  readonly type: Exclude<PathDetails['type'], 'symlink'> | 'missing';
}

/**
 * What is at a path in a slice, and its name without links at its end.
 *
 * @throws {FileError} when it is a link to nothing
 */
export async function resolveInSlice(engine: Engine, { container, path, shown }: NodePath): Promise<Resolved> {
  const found = await engine.inspectPath(container, path);
  if (found === undefined) return { path, type: 'missing' };
  if (found.type !== 'symlink') return { path, type: found.type };
  const end = await engine.inspectPath(container, found.target);
  if (end === undefined || end.type === 'symlink') {
    throw new FileError(`${shown} is a symbolic link to ${found.target}, where nothing is`);
  }
  return { path: found.target, type: end.type };
}
