import type { Engine } from '../engine/engine.ts';
import { NotFoundError } from '../errors.ts';
import { label } from '../plan/labels.ts';
import { nodeDirectory } from '../plan/node-directory.ts';
import type { Plan, PlannedNode } from '../plan/plan.ts';
import { findCluster, requireRunning, type Cluster } from './find.ts';
import { findMaster } from './find-master.ts';
import { findNode, readPlan } from './living-plan.ts';

/** Where a command for a node goes. */
export interface ExecTarget {
  /** name of the container that the node is in */
  readonly container: string;
  /** the node's directory, in that container */
  readonly directory: string;
  /** of the node, the full one first */
  readonly names: readonly string[];
  /** our name of its cluster */
  readonly cluster: string;
}

/**
 * @param clusterName see `findCluster`
 * @param nodeName short or full; left out: the master
 * @throws {NotFoundError} naming those that exist, or saying that the cluster does not run
 */
export async function findExecTarget(
  engine: Engine,
  clusterName: string | undefined,
  nodeName?: string,
): Promise<ExecTarget> {
  const cluster = await findCluster(engine, clusterName);
  const plan = await readPlan(engine, cluster);
  const asked = nodeName === undefined ? undefined : findNode(plan, nodeName);
  requireRunning(cluster);
  return targetOf(cluster, plan, asked ?? findNode(plan, await findMaster(engine, cluster, plan)));
}

/**
 * All nodes of a cluster, in their order.
 *
 * @param clusterName see `findCluster`
 */
export async function findExecTargets(engine: Engine, clusterName: string | undefined): Promise<readonly ExecTarget[]> {
  const cluster = await findCluster(engine, clusterName);
  const plan = await readPlan(engine, cluster);
  requireRunning(cluster);
  return plan.nodes.map((node) => targetOf(cluster, plan, node));
}

/** Where a node is, whether it runs or not. */
export interface NodePlace extends ExecTarget {
  readonly running: boolean;
}

/**
 * The target of what can be done while the cluster is stopped.
 *
 * @throws {NotFoundError} naming those that exist
 */
export async function findNodePlace(
  engine: Engine,
  clusterName: string | undefined,
  nodeName: string,
): Promise<NodePlace> {
  const cluster = await findCluster(engine, clusterName);
  const plan = await readPlan(engine, cluster);
  const target = targetOf(cluster, plan, findNode(plan, nodeName));
  return { ...target, running: cluster.slices.find(({ name }) => name === target.container)?.state === 'running' };
}

function targetOf(cluster: Cluster, plan: Plan, node: PlannedNode): ExecTarget {
  const { name, slices } = cluster;
  const [nodeName = ''] = node.names;
  const slice = slices.find(({ labels }) => Number(labels[label.slice] ?? 1) === node.slice);
  if (slice === undefined) {
    throw new NotFoundError(`slice ${node.slice} of cluster ${name}, which has node ${nodeName}, is gone`, {
      hint: `remove the cluster: vcluster-box down ${name}`,
    });
  }
  return { container: slice.name, directory: nodeDirectory(plan, node), names: node.names, cluster: name };
}
