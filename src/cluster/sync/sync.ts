import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { packEntries } from '../../archive/tar.ts';
import type { Engine } from '../../engine/engine.ts';
import { SliceError } from '../../errors.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { parseShape, type Shape } from '../../shape.ts';
import { requireComplete, requireRunning } from '../availability.ts';
import { capture, collect } from '../exec.ts';
import type { Cluster } from '../find.ts';
import { type SourceTree, treeEntries } from './source-tree.ts';

/** What a sync changed. */
export interface Synced {
  /** files that were brought, by their paths in the tree */
  readonly brought: readonly string[];
  /** files that are the image's again */
  readonly restored: readonly string[];
  readonly restarted: readonly RestartedDaemon[];
}

export interface RestartedDaemon {
  /** such as `ganeti-noded` */
  readonly daemon: string;
  /** full name */
  readonly node: string;
}

/**
 * Brings the files of a source tree that differ from the image's Ganeti into all slices, and restarts the daemons that
 * load them.  Files that an earlier call brought, and that do not differ any more, become the image's again.
 *
 * @param force also when the tree is of another version than the cluster's Ganeti
 * @throws {SliceError} when the tree is of another version, or its modules cannot be loaded; nothing is changed then
 */
export async function syncTree(
  engine: Engine,
  cluster: Cluster,
  tree: SourceTree,
  { force = false, signal }: { readonly force?: boolean; readonly signal: AbortSignal },
): Promise<Synced> {
  requireRunning(cluster);
  const argv = [slicePaths.program, 'sync', tree.version, ...(force ? ['--force'] : [])];
  // A few MB.
  const archive = gzipSync(await buffer(packEntries(treeEntries(tree))), { level: 1 });
  const bring = async ({ name }: { readonly name: string }) => {
    const stdin = Readable.from([archive]);
    return readAnswer(await collect((streams) => engine.exec(name, { argv, signal }, { ...streams, stdin })));
  };
  const answers = await Promise.all(cluster.slices.map(bring));
  requireComplete('the files were brought', cluster.missing);
  return merge(answers);
}

interface Slice {
  readonly engine: Engine;
  readonly container: string;
}

/** Brings what was brought into one slice into another one of the cluster, which is new. */
export async function copySync(from: Slice, to: Slice, signal: AbortSignal): Promise<void> {
  const state = await from.engine.readFile(from.container, slicePaths.syncState);
  if (state === undefined) return;
  const read = parseShape(state.toString(), { version: 'string' });
  if ('problem' in read) throw new SliceError(`${slicePaths.syncState} is invalid: ${read.problem}`);
  const { version } = read.value as { readonly version: string };
  const stdin = await from.engine.readArchive(from.container, `${slicePaths.syncedTree}/.`, signal);
  const argv = [slicePaths.program, 'sync', version, '--force'];
  readAnswer(await collect((streams) => to.engine.exec(to.container, { argv, signal }, { ...streams, stdin })));
}

/** Makes Ganeti the image's again. */
export async function resetSync(engine: Engine, cluster: Cluster): Promise<Synced> {
  requireRunning(cluster);
  const reset = ({ name }: { readonly name: string }) =>
    capture(engine, name, [slicePaths.program, 'sync-reset']).then(readAnswer);
  const answers = await Promise.all(cluster.slices.map(reset));
  requireComplete('Ganeti is the one of the image', cluster.missing);
  return merge(answers);
}

/** A unified diff of what was brought, compared with the image's files; empty if nothing was. */
export async function diffSync(engine: Engine, { slices: [slice] }: Cluster): Promise<string> {
  const { status, stdout, stderr } = await capture(engine, slice.name, [slicePaths.program, 'sync-diff']);
  if (status !== 0)
    throw new SliceError('the slice cannot compare its files', { output: stderr.trimEnd().split('\n') });
  return stdout;
}

const shape: Shape = { brought: ['string'], restored: ['string'], restarted: [{ daemon: 'string', node: 'string' }] };
const failureShape: Shape = { problem: 'string', 'hint?': 'string', output: ['string'] };

interface Failure {
  readonly problem: string;
  readonly hint?: string | null;
  readonly output: readonly string[];
}

function readAnswer({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): Synced {
  const failure = parseShape(stdout, failureShape);
  if ('value' in failure) {
    const { problem, hint, output } = failure.value as Failure;
    throw new SliceError(problem, { output, ...(typeof hint === 'string' && { hint }) });
  }
  const answer = parseShape(stdout, shape);
  if ('value' in answer) return answer.value as Synced;
  throw new SliceError('the slice did not say what it brought', {
    output: `${stdout}${stderr}`.trimEnd().split('\n').slice(-10),
  });
}

function merge(answers: readonly Synced[]): Synced {
  const unique = (lists: readonly (readonly string[])[]) => [...new Set(lists.flat())].sort();
  return {
    brought: unique(answers.map(({ brought }) => brought)),
    restored: unique(answers.map(({ restored }) => restored)),
    restarted: answers.flatMap(({ restarted }) => restarted),
  };
}
