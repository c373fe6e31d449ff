import type { ContainerDetails, Engine } from '../engine/engine.ts';
import { sliceNumber } from '../plan/labels.ts';
import type { Plan } from '../plan/plan.ts';
import type { Cluster } from './find.ts';
import { problemOf } from './fleet/missing.ts';
import { rapiUrl } from './rapi-url.ts';
import { findState, type SliceState } from './state.ts';

/** One of several hosts that a cluster is on. */
export interface ClusterHost {
  /** endpoint of its engine: `ssh://ops@alpha`, a docker context's name, or `default` */
  readonly host: string;
  /** number of the slice that it runs */
  readonly slice: number;
  /** `unreachable`: nothing of it can be had; `problem` says why then */
  readonly state: SliceState | 'unreachable';
  readonly container: string | null;
  /** how many there are on it; null when there is no plan yet */
  readonly nodes: number | null;
  /** where RAPI is published on it */
  readonly rapi: string | null;
  readonly problem: string | null;
}

/** The slices of a cluster with the hosts that they are on; `undefined` when there is only one. */
export async function clusterHosts(
  engine: Engine,
  cluster: Cluster,
  details: readonly ContainerDetails[],
  plan: Plan | undefined,
): Promise<readonly ClusterHost[] | undefined> {
  const { hosts, missing } = cluster;
  if (hosts === undefined) return undefined;
  return Promise.all(
    hosts.map(async ({ number: slice, endpoint: host }): Promise<ClusterHost> => {
      const nodes = plan?.nodes.filter((node) => node.slice === slice).length ?? null;
      const container = details.find((one) => sliceNumber(one) === slice);
      if (container !== undefined)
        return { host, slice, nodes, problem: null, ...(await there(engine, container, host, plan)) };
      const lost = missing.find((one) => one.slice === slice);
      return { ...lostHost({ host, slice, nodes }), problem: lost === undefined ? null : problemOf(lost) };
    }),
  );
}

/** One that nothing can be had of. */
export function lostHost(known: Pick<ClusterHost, 'host' | 'slice' | 'nodes'>): ClusterHost {
  return { ...known, state: 'unreachable', container: null, rapi: null, problem: null };
}

async function there(engine: Engine, container: ContainerDetails, host: string, plan: Plan | undefined) {
  const rapi = plan === undefined ? undefined : rapiUrl(container, plan, host);
  return { state: await findState(engine, container), container: container.name, rapi: rapi ?? null };
}

/** The first host on which RAPI is published, that can be reached. */
export function firstRapi(hosts: readonly ClusterHost[]): string | null {
  return hosts.find(({ rapi }) => rapi !== null)?.rapi ?? null;
}
