import type { Engine } from '../engine/engine.ts';
import type { Plan } from '../plan/plan.ts';
import { findCluster } from './find.ts';
import { inspectFirst } from './inspect.ts';
import { readPlan } from './living-plan.ts';
import { readSliceStatus, type SliceNode, type SliceStatus } from './slice-status.ts';
import { findState, type ClusterState } from './state.ts';

export interface ClusterStatus extends Omit<SliceStatus, 'nodes'> {
  /** ours; `cluster.name` is Ganeti's */
  readonly name: string;
  readonly state: ClusterState;
  /** It is ready, RAPI answers, and so do all nodes that are not offline, with all their daemons. */
  readonly well: boolean;
  readonly nodes: readonly NodeStatus[];
}

export interface NodeStatus extends Omit<SliceNode, 'role' | 'state'> {
  /** `unknown` while the cluster does not run */
  readonly state: SliceNode['state'] | 'unknown';
  /** `unknown` while the cluster is stopped */
  readonly role: SliceNode['role'] | 'unknown';
}

/** How the cluster is; of one that does not run, what its plan says. */
export async function clusterStatus(engine: Engine, name: string | undefined): Promise<ClusterStatus> {
  const cluster = await findCluster(engine, name);
  const details = await inspectFirst(engine, cluster);
  const found = { name: cluster.name, state: await findState(engine, details) };
  if (details.state !== 'running') return { ...found, well: false, ...atRest(await readPlan(engine, cluster)) };
  const status = await readSliceStatus(engine, details.name);
  return { ...found, well: isWell(status), ...status };
}

function isWell({ ready, rapi, nodes }: SliceStatus): boolean {
  return ready && rapi && nodes.every((node) => node.role === 'offline' || nodeIsWell(node));
}

function nodeIsWell({ state, answers, daemons }: SliceNode): boolean {
  return state === 'running' && answers && Object.values(daemons).every((running) => running);
}

function atRest({ cluster, nodes }: Plan) {
  return {
    ready: false,
    ganeti: null,
    cluster: { name: cluster.names[0] ?? '', address: cluster.address, master: null },
    rapi: false,
    nodes: nodes.map(({ names, address, resources }) => {
      const unknown = { state: 'unknown', role: 'unknown', answers: false, daemons: {} } as const;
      return { name: names[0] ?? '', address, ...unknown, ...(resources !== undefined && { resources }) };
    }),
  };
}
