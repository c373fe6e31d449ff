import type { Engine, ExecStreams } from '../../engine/engine.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { type Cluster, requireRunning } from '../find.ts';
import { findNodes } from './nodes.ts';

/**
 * Runs ganeti-watcher on nodes, one after another.
 *
 * @param names short or full; none: on all nodes
 * @param options of ganeti-watcher
 * @returns 0 when it succeeded on all of them, else 1
 */
export async function runWatcher(
  engine: Engine,
  cluster: Cluster,
  { names, options }: { readonly names: readonly string[]; readonly options: readonly string[] },
  streams: ExecStreams,
): Promise<number> {
  requireRunning(cluster);
  const nodes = (await findNodes(engine, cluster, names)).map(({ names: [full] }) => full ?? '');
  const which = nodes.length === 0 ? ['watcher-all', ...options] : ['watcher', ...nodes, '--', ...options];
  return engine.exec(cluster.slices[0].name, { argv: [slicePaths.program, ...which] }, streams);
}
