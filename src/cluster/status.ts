import type { Engine } from '../engine/engine.ts';
import { SliceError } from '../errors.ts';
import type { Plan } from '../plan/plan.ts';
import { clusterHosts, type ClusterHost } from './cluster-hosts.ts';
import { type Cluster, findCluster } from './find.ts';
import { inspectSlices } from './inspect.ts';
import { readPlan } from './living-plan.ts';
import { mergeStatus } from './merge-status.ts';
import type { NodeStatus } from './node-status.ts';
import { readSliceStatus, type SliceNode, type SliceStatus } from './slice-status.ts';
import { type ClusterState, combineStates, findState } from './state.ts';

export interface ClusterStatus extends Omit<SliceStatus, 'nodes'> {
  /** ours; `cluster.name` is Ganeti's */
  readonly name: string;
  readonly state: ClusterState;
  /** It is ready, RAPI answers, and so do all nodes that are not offline, with all their daemons; and all hosts can be reached. */
  readonly well: boolean;
  readonly nodes: readonly NodeStatus[];
  /** left out when there is only one */
  readonly hosts?: readonly ClusterHost[];
}

/** How the cluster is; of what does not run, what its plan says. */
export async function clusterStatus(engine: Engine, name: string | undefined): Promise<ClusterStatus> {
  const cluster = await findCluster(engine, name);
  const details = await inspectSlices(engine, cluster);
  if (cluster.hosts !== undefined) return statusOfSeveral(engine, cluster, details);
  const [slice] = details;
  const found = { name: cluster.name, state: await findState(engine, slice) };
  if (slice.state !== 'running') {
    return { ...found, well: false, ...mergeStatus(await readPlan(engine, cluster), []) };
  }
  const status = await readSliceStatus(engine, slice.name);
  return { ...found, well: isWell(status), ...status };
}

async function statusOfSeveral(
  engine: Engine,
  cluster: Cluster,
  details: Awaited<ReturnType<typeof inspectSlices>>,
): Promise<ClusterStatus> {
  const plan = await readPlan(engine, cluster);
  const [hosts = [], ...answers] = await Promise.all([
    clusterHosts(engine, cluster, details, plan),
    ...details.filter(({ state }) => state === 'running').map((slice) => statusOrNone(engine, slice.name)),
  ]);
  const statuses = answers.flatMap((status) => status ?? []);
  const merged = mergeStatus(plan, statuses);
  const well = statuses.length === hosts.length && statuses.every(isWell);
  const nodes = merged.nodes.map((node) => ({ ...node, slice: sliceIn(plan, node.name) }));
  return { name: cluster.name, state: combineStates(hosts), well, ...merged, nodes, hosts };
}

/** One slice that cannot say how it is must not hide the others. */
async function statusOrNone(engine: Engine, container: string): Promise<SliceStatus | undefined> {
  try {
    return await readSliceStatus(engine, container);
  } catch (error) {
    if (error instanceof SliceError) return undefined;
    throw error;
  }
}

function sliceIn({ nodes }: Plan, name: string): number {
  return nodes.find(({ names }) => names.includes(name))?.slice ?? 1;
}

function isWell({ ready, rapi, nodes }: SliceStatus): boolean {
  return ready && rapi && nodes.every((node) => node.role === 'offline' || nodeIsWell(node));
}

function nodeIsWell({ state, answers, daemons }: SliceNode): boolean {
  return state === 'running' && answers && Object.values(daemons).every((running) => running);
}
