import type { Engine } from '../engine/engine.ts';
import { ganetiSourceOf, ganetiVersionOf } from '../image/labels.ts';
import { type ClusterHost, describeHosts, describeLostHosts } from './cluster-hosts.ts';
import { type Cluster, findEveryCluster, isFound } from './find.ts';
import { inspectSlices } from './inspect.ts';
import { findPlan, knownToGaneti } from './current-plan.ts';
import type { ClusterState } from './state.ts';

export interface ListedCluster {
  readonly name: string;
  readonly state: ClusterState;
  /** null until `up` has written the plan */
  readonly nodes: number | null;
  /** `3.0` or `3.1`, or the full version of Ganeti of the user; null when the image does not say */
  readonly ganeti: string | null;
  /** where Ganeti of the user is from: `packages 3.0.2-3+mine1`, or `tree`; null: it is Debian's */
  readonly ganetiSource: string | null;
  readonly rapi: string | null;
  /** ISO 8601; null when none of its hosts can be reached */
  readonly createdAt: string | null;
  readonly hosts: readonly ClusterHost[];
}

/** All clusters on the default engine and in the host cache, including partly created ones, sorted by name. */
export async function listClusters(engine: Engine): Promise<readonly ListedCluster[]> {
  const all = await findEveryCluster(engine);
  const listed = await Promise.all(
    all.map(async (cluster) => {
      if (isFound(cluster)) return describeIfExists(engine, cluster);
      return {
        name: cluster.name,
        nodes: null,
        ganeti: null,
        ganetiSource: null,
        createdAt: null,
        ...describeLostHosts(cluster),
      };
    }),
  );
  return listed.flatMap((cluster) => cluster ?? []);
}

/** `undefined` when another command removes the cluster meanwhile. */
async function describeIfExists(engine: Engine, cluster: Cluster): Promise<ListedCluster | undefined> {
  try {
    return await describeCluster(engine, cluster);
  } catch (error) {
    const slices = await Promise.all(cluster.slices.map(({ id }) => engine.inspectContainer(id)));
    if (slices.some((slice) => slice === undefined || slice.state === 'removing')) return undefined;
    throw error;
  }
}

async function describeCluster(engine: Engine, cluster: Cluster): Promise<ListedCluster> {
  const slices = await inspectSlices(engine, cluster);
  const [details] = slices;
  const planned = await findPlan(engine, details.name);
  const plan = planned && (await knownToGaneti(engine, cluster, planned));
  return {
    name: cluster.name,
    ...(await describeHosts(engine, cluster, slices, plan)),
    nodes: plan?.nodes.length ?? null,
    ganeti: ganetiVersionOf(details.labels) ?? null,
    ganetiSource: ganetiSourceOf(details.labels),
    createdAt: new Date(details.createdAt * 1000).toISOString(),
  };
}
