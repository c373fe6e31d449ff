import { posix } from 'node:path';
import type { Engine, PathDetails } from '../../engine/engine.ts';
import { FileError, NotFoundError } from '../../errors.ts';
import { findNodePlace } from '../exec-target.ts';
import type { Endpoint } from './endpoint.ts';

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
  const { container, directory, running } = await findNodePlace(engine, cluster, node).catch((error: unknown) => {
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
