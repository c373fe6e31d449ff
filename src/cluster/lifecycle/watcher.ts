import type { Engine, ExecStreams } from '../../engine/engine.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import type { Cluster } from '../find.ts';
import { requireAnyRunning, requireComplete } from '../availability.ts';
import { bySlice, findNodes } from './nodes.ts';

/**
 * Runs ganeti-watcher on nodes, one after another.
 *
 * @param names short or full; if empty, all nodes
 * @param options of ganeti-watcher
 * @returns 0 when it succeeded on all of them, otherwise 1
 * @throws {EngineError} at the end, when it runs on all nodes and a host cannot be reached
 */
export async function runWatcher(
  engine: Engine,
  cluster: Cluster,
  { names, options }: { readonly names: readonly string[]; readonly options: readonly string[] },
  streams: ExecStreams,
): Promise<number> {
  requireAnyRunning(cluster);
  const nodes = await findNodes(engine, cluster, names);
  const running = cluster.slices.filter(({ state }) => state === 'running');
  const rounds =
    nodes.length === 0
      ? running.map(({ name }) => [name, ['watcher-all', ...options]] as const)
      : bySlice(nodes).map(([name, chosen]) => [name, ['watcher', ...chosen, '--', ...options]] as const);
  let status = 0;
  for (const [container, words] of rounds) {
    status = Math.max(status, await engine.exec(container, { argv: [slicePaths.program, ...words] }, streams));
  }
  if (nodes.length === 0) requireComplete('ganeti-watcher has run on the nodes', cluster.missing);
  return status;
}
