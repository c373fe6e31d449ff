import type { Engine } from '../engine/engine.ts';
import { SliceError } from '../errors.ts';
import { ganetiSourceOf } from '../image/labels.ts';
import type { Plan, PlannedNode } from '../plan/plan.ts';
import { type ClusterHost, describeHosts } from './cluster-hosts.ts';
import { type Cluster, findCluster } from './find.ts';
import { inspectSlices } from './inspect.ts';
import { knownToGaneti, readPlan } from './current-plan.ts';
import { electMaster } from './master.ts';
import { readSliceStatus, type SliceNode, type SliceStatus } from './slice-status.ts';
import type { ClusterState } from './state.ts';

export interface ClusterStatus extends Omit<SliceStatus, 'nodes' | 'votes'> {
  /** the name given to `up NAME`; `cluster.name` is Ganeti's */
  readonly name: string;
  readonly state: ClusterState;
  /** false after `gnt-cluster destroy`: there is no Ganeti cluster any more */
  readonly exists: boolean;
  /**
   * The cluster is ready and runs jobs, RAPI and all nodes that are not offline respond, all their daemons run, and all
   * hosts and published ports can be reached.
   */
  readonly well: boolean;
  /** where Ganeti of the user is from: `packages 3.0.2-3+mine1`, or `tree`; null: it is Debian's */
  readonly ganetiSource: string | null;
  readonly warnings: readonly string[];
  readonly nodes: readonly NodeStatus[];
  readonly hosts: readonly ClusterHost[];
}

/** The status of a cluster.  For slices that do not run, it contains what the plan and Ganeti's files say. */
export async function clusterStatus(engine: Engine, name: string | undefined): Promise<ClusterStatus> {
  const cluster = await findCluster(engine, name);
  const details = await inspectSlices(engine, cluster);
  const plan = await readPlan(engine, cluster);
  const known = await knownToGaneti(engine, cluster, plan);
  const [described, ...answers] = await Promise.all([
    describeHosts(engine, cluster, details, known),
    ...details.filter(({ state }) => state === 'running').map((slice) => askSlice(engine, slice.name, cluster)),
  ]);
  const { state, hosts } = described;
  const statuses = answers.flatMap((status) => status ?? []);
  const merged = mergeStatus(plan, known, statuses);
  const hostsAreWell = statuses.length === cluster.hosts.length && hosts.every(({ problem }) => problem === null);
  const well = hostsAreWell && statuses.every(isWell);
  const nodes = merged.nodes.map((node) => ({ ...node, slice: sliceIn(plan, node.name) }));
  const warnings = [...new Set(statuses.flatMap((status) => status.warnings ?? []))];
  const ganetiSource = ganetiSourceOf(details[0].labels);
  const exists = known.nodes.length > 0;
  return { name: cluster.name, state, exists, well, ...merged, ganetiSource, warnings, nodes, hosts };
}

/** Returns `undefined` for a slice that does not respond, so that it does not hide the other slices. */
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

function isWell({ ready, rapi, problem, nodes }: SliceStatus): boolean {
  return (
    ready && rapi && typeof problem !== 'string' && nodes.every((node) => node.role === 'offline' || nodeIsWell(node))
  );
}

function nodeIsWell({ state, answers, daemons }: SliceNode): boolean {
  return state === 'running' && answers && Object.values(daemons).every((running) => running);
}

type Merged = Omit<SliceStatus, 'nodes' | 'votes'> & { readonly nodes: readonly Omit<NodeStatus, 'slice'>[] };

/**
 * Merges the status of several slices.  Each slice reports its own nodes; for the other nodes, the result contains what
 * the plan says.
 *
 * @param known the plan as Ganeti knows it
 * @param statuses of the running slices
 */
function mergeStatus(plan: Plan, known: Plan, statuses: readonly SliceStatus[]): Merged {
  const reported = new Map(
    statuses.flatMap(({ nodes }) => nodes.map((node): [string, SliceNode] => [node.name, node])),
  );
  const { names, address } = known.cluster;
  const planned = plan.nodes.map((node) => node.names[0] ?? '');
  return {
    ready: statuses.length > 0 && statuses.every(({ ready }) => ready),
    ganeti: firstOf(statuses, 'ganeti'),
    cluster: { name: names[0] ?? '', address, master: electMaster(statuses.map(({ votes }) => votes)) },
    rapi: statuses.length > 0 && statuses.every(({ rapi }) => rapi),
    problem: firstOf(statuses, 'problem'),
    synced: firstOf(statuses, 'synced'),
    nodes: [
      ...plan.nodes.map((node) => reported.get(node.names[0] ?? '') ?? atRest(node, known)),
      // Nodes that are about to be added or have just been removed.
      ...[...reported.values()].filter(({ name }) => !planned.includes(name)),
    ],
  };
}

/** What the first slice reports that has something to report. */
function firstOf<Key extends 'ganeti' | 'problem' | 'synced'>(statuses: readonly SliceStatus[], key: Key) {
  return statuses.map((status) => status[key] ?? null).find((value) => value !== null) ?? null;
}

function atRest(node: PlannedNode, known: Plan): Omit<NodeStatus, 'slice'> {
  const { names, address, resources } = node;
  const role = known.nodes.includes(node) ? 'unknown' : 'unjoined';
  return { name: names[0] ?? '', address, state: 'unknown', role, answers: false, daemons: {}, resources };
}

export interface NodeStatus extends Omit<SliceNode, 'role' | 'state'> {
  /** `unknown` when the cluster does not run, or the node's host cannot be reached */
  readonly state: SliceNode['state'] | 'unknown';
  /** `unknown` in the same cases */
  readonly role: SliceNode['role'] | 'unknown';
  /** number of the node's slice, which identifies its entry in `hosts` */
  readonly slice: number;
}
