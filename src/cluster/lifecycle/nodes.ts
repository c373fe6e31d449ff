import type { Engine } from '../../engine/engine.ts';
import { SliceError } from '../../errors.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { capture } from '../exec.ts';
import type { Cluster } from '../find.ts';
import { findNode, readPlan } from '../current-plan.ts';
import { requireAnyRunning, requireNode } from '../availability.ts';

export type NodeAction = 'start' | 'stop' | 'restart' | 'pause' | 'unpause';

/**
 * Starts, stops or freezes individual nodes of a running cluster, as if each were a machine.  Other nodes are not
 * affected.  `lifecycle.py` in the slice implements it.
 *
 * @param names short or full
 * @returns full names of the nodes, in the given order
 * @throws {NotFoundError} when there is no such node, or the cluster does not run; nothing is done then
 * @throws {SliceError} with the slice's message
 */
export async function actOnNodes(
  engine: Engine,
  cluster: Cluster,
  action: NodeAction,
  names: readonly string[],
): Promise<readonly string[]> {
  const nodes = await findNodes(engine, cluster, names);
  await Promise.all(
    bySlice(nodes).map(async ([container, chosen]) => {
      const argv = [slicePaths.program, action, ...chosen];
      const { status, stdout, stderr } = await capture(engine, container, argv);
      if (status === 0) return;
      const [message = '', ...output] = `${stderr}${stdout}`.trim().split('\n');
      throw new SliceError(message.replace(/^vcluster-slice: /, ''), { output });
    }),
  );
  return nodes.map(({ name }) => name);
}

export interface FoundNode {
  /** full name */
  readonly name: string;
  /** container of its slice, which runs */
  readonly container: string;
}

/**
 * @throws {NotFoundError} when there is no such node, or its slice does not run
 * @throws {EngineError} when its host cannot be reached
 */
export async function findNodes(
  engine: Engine,
  cluster: Cluster,
  names: readonly string[],
): Promise<readonly FoundNode[]> {
  const plan = await readPlan(engine, cluster);
  const nodes = names.map((name) => findNode(plan, name));
  requireAnyRunning(cluster);
  return nodes.map((node) => ({ name: node.names[0] ?? '', container: requireNode(cluster, node).name }));
}

/** Groups node names by container, in the given order. */
export function bySlice(
  nodes: readonly FoundNode[],
): readonly (readonly [container: string, names: readonly string[]])[] {
  const all = new Map<string, string[]>();
  for (const { name, container } of nodes) all.set(container, [...(all.get(container) ?? []), name]);
  return [...all];
}
