import type { Engine } from '../engine/engine.ts';
import { SliceError } from '../errors.ts';
import type { Plan } from '../plan/plan.ts';
import { type ClusterHost, describeHosts } from './cluster-hosts.ts';
import { type Cluster, findCluster } from './find.ts';
import { inspectSlices } from './inspect.ts';
import { readPlan } from './living-plan.ts';
import { mergeStatus } from './merge-status.ts';
import type { NodeStatus } from './node-status.ts';
import { readSliceStatus, type SliceNode, type SliceStatus } from './slice-status.ts';
import type { ClusterState } from './state.ts';

export interface ClusterStatus extends Omit<SliceStatus, 'nodes' | 'votes'> {
  /** ours; `cluster.name` is Ganeti's */
  readonly name: string;
  readonly state: ClusterState;
  /** It is ready, RAPI answers, and so do all nodes that are not offline, with all their daemons; and all hosts can be reached. */
  readonly well: boolean;
  readonly nodes: readonly NodeStatus[];
  /** left out when there is only one */
  readonly hosts?: readonly ClusterHost[];
}

/** The status of a cluster; of slices that do not run, what the plan says. */
export async function clusterStatus(engine: Engine, name: string | undefined): Promise<ClusterStatus> {
  const cluster = await findCluster(engine, name);
  const details = await inspectSlices(engine, cluster);
  const plan = await readPlan(engine, cluster);
  const [described, ...answers] = await Promise.all([
    describeHosts(engine, cluster, details, plan),
    ...details.filter(({ state }) => state === 'running').map((slice) => askSlice(engine, slice.name, cluster)),
  ]);
  const { state, hosts } = described;
  const statuses = answers.flatMap((status) => status ?? []);
  const merged = mergeStatus(plan, statuses);
  const well = statuses.length === cluster.hosts.length && statuses.every(isWell);
  if (hosts === undefined) return { name: cluster.name, state, well, ...merged };
  const nodes = merged.nodes.map((node) => ({ ...node, slice: sliceIn(plan, node.name) }));
  return { name: cluster.name, state, well, ...merged, nodes, hosts };
}

/** A slice that does not answer must not hide the others. */
async function askSlice(engine: Engine, container: string, { hosts }: Cluster): Promise<SliceStatus | undefined> {
  try {
    return await readSliceStatus(engine, container);
  } catch (error) {
    if (error instanceof SliceError && hosts.length > 1) return undefined;
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
