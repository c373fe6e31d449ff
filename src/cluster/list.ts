import type { ContainerDetails, Engine } from '../engine/engine.ts';
import { imageLabels } from '../image/labels.ts';
import type { Plan } from '../plan/plan.ts';
import { slicePaths } from '../plan/slice-paths.ts';
import { clusterHosts, type ClusterHost, firstRapi, lostHost } from './cluster-hosts.ts';
import { type Cluster, findEveryCluster, isFound, type LostCluster } from './find.ts';
import { problemOf } from './fleet/missing.ts';
import { inspectSlices } from './inspect.ts';
import { parsePlan } from './parse-plan.ts';
import { rapiUrl } from './rapi-url.ts';
import { type ClusterState, combineStates, findState } from './state.ts';

export interface ListedCluster {
  readonly name: string;
  readonly state: ClusterState;
  /** null while an `up` has not come as far as its plan */
  readonly nodes: number | null;
  /** `3.0` or `3.1`; null when the image does not say */
  readonly ganeti: string | null;
  readonly rapi: string | null;
  /** ISO 8601; null when none of its hosts can be reached */
  readonly createdAt: string | null;
  /** left out when there is only one, whose engine is the one at hand */
  readonly hosts?: readonly ClusterHost[];
}

/** All clusters of the engine, sorted by name; half-made ones, too; and those that are known to be on other hosts. */
export async function listClusters(engine: Engine): Promise<readonly ListedCluster[]> {
  const all = await findEveryCluster(engine);
  return Promise.all(
    all.map(async (cluster) => (isFound(cluster) ? describeCluster(engine, cluster) : describeLost(cluster))),
  );
}

async function describeCluster(engine: Engine, cluster: Cluster): Promise<ListedCluster> {
  const slices = await inspectSlices(engine, cluster);
  const [details] = slices;
  const plan = parsePlan((await engine.readFile(details.name, slicePaths.plan))?.toString() ?? '');
  const hosts = await clusterHosts(engine, cluster, slices, plan);
  const { state, rapi, ...more } = hosts === undefined ? await alone(engine, details, plan) : spread(hosts);
  const ganeti = details.labels[imageLabels.ganeti] ?? null;
  const createdAt = new Date(details.createdAt * 1000).toISOString();
  return { name: cluster.name, state, nodes: plan?.nodes.length ?? null, ganeti, rapi, createdAt, ...more };
}

async function alone(engine: Engine, details: ContainerDetails, plan: Plan | undefined) {
  const rapi = plan === undefined ? undefined : rapiUrl(details, plan);
  return { state: await findState(engine, details), rapi: rapi ?? null };
}

function spread(hosts: readonly ClusterHost[]) {
  return { state: combineStates(hosts), rapi: firstRapi(hosts), hosts };
}

function describeLost({ name, missing }: LostCluster): ListedCluster {
  const hosts = missing.map((one) => {
    return { ...lostHost({ host: one.endpoint, slice: one.slice, nodes: null }), problem: problemOf(one) };
  });
  return { name, state: 'unreachable', nodes: null, ganeti: null, rapi: null, createdAt: null, hosts };
}
