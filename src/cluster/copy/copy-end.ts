import { posix } from 'node:path';
import type { Engine, PathDetails } from '../../engine/engine.ts';
import { FileError, NotFoundError, UsageError } from '../../errors.ts';
import { locateNode } from '../exec-target.ts';

/** One side of a copy, as the user wrote it. */
export type CopyEnd =
  | { readonly type: 'node'; readonly node: string; readonly path: string }
  | { readonly type: 'local'; readonly path: string }
  /** stdin or stdout, a tar stream */
  | { readonly type: 'stream' };

/** `NODE:PATH`, a local path, or `-`.  Text with a slash before the first colon is a local path: `./a:b`. */
function parseCopyEnd(text: string): CopyEnd {
  if (text === '-') return { type: 'stream' };
  const [, node, path] = /^([^/:]+):(.*)$/s.exec(text) ?? [];
  if (node !== undefined && path !== undefined) return { type: 'node', node, path };
  if (text === '') throw new UsageError('a file name cannot be empty');
  return { type: 'local', path: text };
}

/** @throws {UsageError} when neither side is on a node */
export function parseCopyEnds(source: string, destination: string): readonly [CopyEnd, CopyEnd] {
  const both = [parseCopyEnd(source), parseCopyEnd(destination)] as const;
  if (both.some(({ type }) => type === 'node')) return both;
  throw new UsageError('neither SRC nor DST is on a node', {
    hint: 'write NODE:PATH for a path on a node: vcluster-box cp node1:etc/ganeti ./etc',
  });
}

/** What to copy. */
export interface SourceFacts {
  /** name for messages */
  readonly shown: string;
  readonly type: 'file' | 'directory';
  /** name in the directory that it is copied into; '' to copy only its contents */
  readonly name: string;
  /** whether the given path ends with a slash */
  readonly slash: boolean;
}

/** What exists at the destination. */
export interface DestinationFacts {
  readonly shown: string;
  readonly type: 'missing' | 'file' | 'directory' | 'other';
  /** absolute, with a link at the end resolved, without a trailing slash */
  readonly path: string;
  readonly slash: boolean;
}

/** Where a copy goes: the directory and the name in it. */
export interface Target {
  /** exists, unless the destination's parent is missing */
  readonly into: string;
  /** '' when the contents go directly into `into` */
  readonly as: string;
}

/**
 * Follows the rules of `docker cp`: into an existing directory under the source's name, otherwise to the given name.
 *
 * @throws {FileError} when source and destination do not fit together
 */
export function decideTarget(source: SourceFacts, destination: DestinationFacts): Target {
  const { type, path } = destination;
  if (source.slash && source.type === 'file') throw new FileError(`${source.shown} is not a directory`);
  if (type === 'other') throw new FileError(`${destination.shown} is neither a file nor a directory`);
  if (type === 'directory') return { into: path, as: source.name };
  if (type === 'file') refuseFile(source, destination);
  else refuseMissing(source, destination);
  return { into: posix.dirname(path), as: posix.basename(path) };
}

function refuseFile(source: SourceFacts, { shown, slash }: DestinationFacts): void {
  if (source.type === 'file' && !slash) return;
  const why = source.type === 'directory' ? 'a directory cannot be copied there' : 'not a directory';
  throw new FileError(`${shown} is a file: ${why}`, { hint: 'choose another name, or remove it first' });
}

function refuseMissing(source: SourceFacts, { shown, slash }: DestinationFacts): void {
  if (source.type === 'directory' || !slash) return;
  throw new FileError(`there is no directory ${shown}`, { hint: 'create it first, or omit the slash' });
}

/** How a path ends: `dir/` must be a directory, `dir/.` means its contents. */
export function endingOf(path: string): { readonly slash: boolean; readonly contents: boolean } {
  const contents = /(^|\/)\.$/.test(path) && path !== '.';
  return { slash: path.endsWith('/') || contents, contents };
}

/** The place in a slice that `NODE:PATH` stands for. */
export interface NodePath {
  /** name of the node's cluster */
  readonly cluster: string;
  readonly container: string;
  readonly running: boolean;
  /** absolute, in the slice */
  readonly path: string;
  /** as the user wrote it, for messages */
  readonly shown: string;
}

/** @throws {NotFoundError} when the cluster or node does not exist */
export async function findNodePath(
  engine: Engine,
  clusterName: string | undefined,
  { node, path }: Extract<CopyEnd, { readonly type: 'node' }>,
): Promise<NodePath> {
  const { directory, ...location } = await locateNode(engine, clusterName, node).catch((error: unknown) => {
    if (!(error instanceof NotFoundError) || error.message !== `node ${node} does not exist`) throw error;
    const hint = `${error.hint ?? ''}; for a local file, write ./${node}:${path}`;
    throw new NotFoundError(error.message, { hint });
  });
  return { ...location, path: posix.resolve(directory, path), shown: `${node}:${path}` };
}

export interface Resolved {
  readonly path: string;
  readonly type: Exclude<PathDetails['type'], 'symlink'> | 'missing';
}

/**
 * The type of what a path in a slice leads to, and its path with a link at the end resolved.
 *
 * @throws {FileError} when it is a dangling link
 */
export async function resolveInSlice(engine: Engine, { container, path, shown }: NodePath): Promise<Resolved> {
  const found = await engine.inspectPath(container, path);
  if (found === undefined) return { path, type: 'missing' };
  if (found.type !== 'symlink') return { path, type: found.type };
  const end = await engine.inspectPath(container, found.target);
  if (end === undefined || end.type === 'symlink') {
    throw new FileError(`${shown} is a symbolic link to ${found.target}, which does not exist`);
  }
  return { path: found.target, type: end.type };
}
