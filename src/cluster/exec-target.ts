import { defaultDomain } from '../config/defaults.ts';
import type { ContainerSummary, Engine } from '../engine/engine.ts';
import { givenBefore, sliceNumber } from '../plan/labels.ts';
import type { Plan, PlannedNode } from '../plan/plan.ts';
import { nodeDirectory, slicePaths } from '../plan/slice-paths.ts';
import type { ExecTarget } from './exec.ts';
import { type Cluster, findCluster, isOnOneHost } from './find.ts';
import { describeMissing, requireAnyRunning, requireNode, sliceOf } from './availability.ts';
import { findNode, knownToGaneti, readPlan } from './current-plan.ts';
import { findMaster } from './master.ts';

/**
 * Finds a node to run a command on.
 *
 * @param clusterName see `findCluster`
 * @param nodeName short or full; default: the master
 * @throws {NotFoundError} when there is no such cluster or node, or the cluster is not running
 * @throws {EngineError} when the node's host cannot be reached
 */
export async function findExecTarget(
  engine: Engine,
  clusterName: string | undefined,
  nodeName?: string,
): Promise<ExecTarget> {
  const cluster = await findCluster(engine, clusterName);
  const usual = nodeName === undefined ? undefined : await findUsual(engine, cluster, nodeName);
  if (usual !== undefined) return usual;
  const plan = await readPlan(engine, cluster);
  const asked = nodeName === undefined ? undefined : findNode(plan, nodeName);
  if (asked === undefined) requireAnyRunning(cluster);
  const node = asked ?? findNode(plan, await findMaster(engine, cluster, plan));
  return targetIn(cluster, plan, node, requireNode(cluster, node));
}

/**
 * Finds a node by the name that nodes usually have, in the usual directory, without the plan: to read a file, an engine
 * starts a process, which takes as long as the command itself.
 */
async function findUsual(engine: Engine, cluster: Cluster, nodeName: string): Promise<ExecTarget | undefined> {
  const { slices, name } = cluster;
  const [{ name: container, state }] = slices;
  if (!isOnOneHost(slices) || state !== 'running' || !/^[a-z\d][a-z\d.-]*$/.test(nodeName)) return undefined;
  const [short = ''] = nodeName.split('.', 1);
  const full = short === nodeName ? `${nodeName}.${givenBefore(slices[0]).domain ?? defaultDomain}` : nodeName;
  const directory = nodeDirectory({ directory: slicePaths.nodes }, { names: [full] });
  const found = await engine.inspectPath(container, `${directory}/cmd`);
  return found === undefined ? undefined : { container, directory, names: [full, short], cluster: name };
}

export interface ExecTargets {
  readonly targets: readonly ExecTarget[];
  /** nodes that cannot run commands because their slice is not running or their host cannot be reached */
  readonly absent: readonly AbsentNode[];
}

export interface AbsentNode {
  /** the full name first */
  readonly names: readonly string[];
  readonly problem: string;
}

/**
 * Finds all nodes of a cluster, in order, without those that `gnt-node remove` has removed.
 *
 * @param clusterName see `findCluster`
 * @throws {NotFoundError} when no node can run commands
 */
export async function findExecTargets(engine: Engine, clusterName: string | undefined): Promise<ExecTargets> {
  const cluster = await findCluster(engine, clusterName);
  const plan = await readPlan(engine, cluster);
  requireAnyRunning(cluster);
  const problems = new Map(cluster.missing.map((missing) => [missing.slice, describeMissing(missing)]));
  const targets: ExecTarget[] = [];
  const absent: AbsentNode[] = [];
  for (const node of await members(engine, cluster, plan)) {
    const slice = cluster.slices.find((one) => sliceNumber(one) === node.slice);
    if (slice?.state === 'running') targets.push(targetIn(cluster, plan, node, slice));
    else {
      const stopped = slice && `container ${slice.name} is ${slice.state === 'paused' ? 'paused' : 'stopped'}`;
      absent.push({ names: node.names, problem: stopped ?? problems.get(node.slice) ?? `slice ${node.slice} is gone` });
    }
  }
  return { targets, absent };
}

async function members(engine: Engine, cluster: Cluster, plan: Plan): Promise<readonly PlannedNode[]> {
  const { nodes } = await knownToGaneti(engine, cluster, plan);
  // Without a Ganeti cluster, one can be created on the plan's nodes.
  return nodes.length === 0 ? plan.nodes : nodes;
}

/** The location of a node in a running or stopped cluster. */
export interface NodeLocation extends ExecTarget {
  readonly running: boolean;
}

/**
 * Finds a node for operations that also work on a stopped cluster.
 *
 * @throws {NotFoundError} when there is no such node; the hint lists the existing ones
 */
export async function locateNode(
  engine: Engine,
  clusterName: string | undefined,
  nodeName: string,
): Promise<NodeLocation> {
  const cluster = await findCluster(engine, clusterName);
  const plan = await readPlan(engine, cluster);
  const node = findNode(plan, nodeName);
  const slice = sliceOf(cluster, node);
  return { ...targetIn(cluster, plan, node, slice), running: slice.state === 'running' };
}

function targetIn(cluster: Cluster, plan: Plan, node: PlannedNode, { name }: ContainerSummary): ExecTarget {
  return { container: name, directory: nodeDirectory(plan, node), names: node.names, cluster: cluster.name };
}
