import type { Engine } from '../../engine/engine.ts';
import { SliceError } from '../../errors.ts';
import type { PlannedNode } from '../../plan/plan.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { capture } from '../capture.ts';
import { type Cluster, requireRunning } from '../find.ts';
import { findNode, readPlan } from '../living-plan.ts';

export type NodeAction = 'start' | 'stop' | 'restart' | 'pause' | 'unpause';

/**
 * Starts, stops or freezes single nodes of a running cluster, as if each were a machine of its own; the others stay as
 * they are.  The slice's `lifecycle.py` does it.
 *
 * @param names short or full
 * @returns full names of the nodes, in the order given
 * @throws {NotFoundError} when there is no such node, or the cluster does not run; nothing is done then
 * @throws {SliceError} with what the slice says
 */
export async function actOnNodes(
  engine: Engine,
  cluster: Cluster,
  action: NodeAction,
  names: readonly string[],
): Promise<readonly string[]> {
  const nodes = await findNodes(engine, cluster, names);
  const chosen = nodes.map(({ names: [full] }) => full ?? '');
  const argv = [slicePaths.program, action, ...chosen];
  const { status, stdout, stderr } = await capture(engine, cluster.slices[0].name, argv);
  if (status === 0) return chosen;
  const [message = '', ...output] = `${stderr}${stdout}`.trim().split('\n');
  throw new SliceError(message.replace(/^vcluster-slice: /, ''), { output });
}

/** @throws {NotFoundError} when there is no such node, or the cluster does not run */
export async function findNodes(
  engine: Engine,
  cluster: Cluster,
  names: readonly string[],
): Promise<readonly PlannedNode[]> {
  const plan = await readPlan(engine, cluster);
  const nodes = names.map((name) => findNode(plan, name));
  requireRunning(cluster);
  return nodes;
}
