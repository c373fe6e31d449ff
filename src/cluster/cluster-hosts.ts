import type { ContainerDetails, Engine } from '../engine/engine.ts';
import { sliceNumber } from '../plan/labels.ts';
import type { Plan } from '../plan/plan.ts';
import type { Cluster, LostCluster } from './find.ts';
import { problemOf } from './availability.ts';
import { engineOf } from './multi-engine/multi-engine.ts';
import { findProblems } from './problems.ts';
import { rapiUrl } from './rapi-url.ts';
import { type ClusterState, combineStates, findState, type SliceState } from './state.ts';

/** One of the hosts of a cluster. */
export interface ClusterHost {
  /** endpoint of its engine: `ssh://ops@alpha`, the name of a docker context, or `default` */
  readonly host: string;
  /** number of its slice */
  readonly slice: number;
  readonly state: SliceState | 'unreachable';
  readonly container: string | null;
  /** number of nodes on it; null until a plan exists */
  readonly nodes: number | null;
  /** URL of RAPI on this host */
  readonly rapi: string | null;
  /** why it, or a port that is published on it, cannot be reached or started */
  readonly problem: string | null;
}

/** The state of a cluster as a whole, and of its hosts. */
export interface HostsState {
  readonly state: ClusterState;
  /** URL of RAPI on the first reachable host that publishes it */
  readonly rapi: string | null;
  readonly hosts: readonly ClusterHost[];
}

/** @param details of the available slices */
export async function describeHosts(
  engine: Engine,
  { name, hosts, missing }: Cluster,
  details: readonly ContainerDetails[],
  plan: Plan | undefined,
): Promise<HostsState> {
  const described = await Promise.all(
    hosts.map(async ({ number: slice, endpoint: host }): Promise<ClusterHost> => {
      const nodes = plan?.nodes.filter((node) => node.slice === slice).length ?? null;
      const container = details.find((one) => sliceNumber(one) === slice);
      const lost = missing.find((one) => one.slice === slice);
      if (container === undefined) return lostHost({ host, slice, nodes }, lost && problemOf(lost));
      const rapi = plan === undefined ? null : (rapiUrl(container, plan, host) ?? null);
      const state = await findState(engine, container);
      const problems = await findProblems(engineOf(engine, container.name), name);
      const problem = problems.map((one) => `${one.problem}; ${one.remedy}`).join('\n') || null;
      return { host, slice, nodes, state, container: container.name, rapi, problem };
    }),
  );
  return combine(described);
}

/** Like `describeHosts`, for a cluster without a reachable host. */
export function describeLostHosts({ missing }: LostCluster): HostsState {
  const hosts = missing.map((one) => lostHost({ host: one.endpoint, slice: one.slice, nodes: null }, problemOf(one)));
  return { state: 'unreachable', rapi: null, hosts };
}

function combine(hosts: readonly ClusterHost[]): HostsState {
  const rapi = hosts.find((host) => host.rapi !== null)?.rapi ?? null;
  return { state: combineStates(hosts), rapi, hosts };
}

function lostHost(known: Pick<ClusterHost, 'host' | 'slice' | 'nodes'>, problem: string | undefined): ClusterHost {
  return { ...known, state: 'unreachable', container: null, rapi: null, problem: problem ?? null };
}
