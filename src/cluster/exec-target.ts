import type { Engine } from '../engine/engine.ts';
import { NotFoundError } from '../errors.ts';
import { label } from '../plan/labels.ts';
import { nodeDirectory } from '../plan/node-directory.ts';
import { findCluster, requireRunning } from './find.ts';
import { findNode, readPlan } from './living-plan.ts';

/** Where a command for a node goes. */
export interface ExecTarget {
  /** name of the container that the node is in */
  readonly container: string;
  /** the node's directory, in that container */
  readonly directory: string;
}

/**
 * @param clusterName see `findCluster`
 * @param nodeName short or full
 * @throws {NotFoundError} naming those that exist, or saying that the cluster does not run
 */
export async function findExecTarget(
  engine: Engine,
  clusterName: string | undefined,
  nodeName: string,
): Promise<ExecTarget> {
  const cluster = await findCluster(engine, clusterName);
  const plan = await readPlan(engine, cluster);
  const node = findNode(plan, nodeName);
  requireRunning(cluster);
  const slice = cluster.slices.find(({ labels }) => Number(labels[label.slice] ?? 1) === node.slice);
  if (slice === undefined) {
    const hint = `remove the cluster: vcluster-box down ${cluster.name}`;
    throw new NotFoundError(`slice ${node.slice} of cluster ${cluster.name}, which has node ${nodeName}, is gone`, {
      hint,
    });
  }
  return { container: slice.name, directory: nodeDirectory(plan, node) };
}
