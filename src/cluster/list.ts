import type { Engine } from '../engine/engine.ts';
import { imageLabels } from '../image/labels.ts';
import { slicePaths } from '../plan/slice-paths.ts';
import { findClusters, type Cluster } from './find.ts';
import { inspectFirst } from './inspect.ts';
import { parsePlan } from './living-plan.ts';
import { rapiUrl } from './rapi-url.ts';
import { findState, type ClusterState } from './state.ts';

export interface ListedCluster {
  readonly name: string;
  readonly state: ClusterState;
  /** null while an `up` has not come as far as its plan */
  readonly nodes: number | null;
  /** `3.0` or `3.1`; null when the image does not say */
  readonly ganeti: string | null;
  readonly rapi: string | null;
  /** ISO 8601 */
  readonly createdAt: string;
}

/** All clusters of the engine, sorted by name; half-made ones, too. */
export async function listClusters(engine: Engine): Promise<readonly ListedCluster[]> {
  return Promise.all((await findClusters(engine)).map((cluster) => describeCluster(engine, cluster)));
}

async function describeCluster(engine: Engine, cluster: Cluster): Promise<ListedCluster> {
  const details = await inspectFirst(engine, cluster);
  const plan = parsePlan((await engine.readFile(details.name, slicePaths.plan))?.toString() ?? '');
  return {
    name: cluster.name,
    state: await findState(engine, details),
    nodes: plan?.nodes.length ?? null,
    ganeti: details.labels[imageLabels.ganeti] ?? null,
    rapi: (plan && rapiUrl(details, plan)) ?? null,
    createdAt: new Date(details.createdAt * 1000).toISOString(),
  };
}
