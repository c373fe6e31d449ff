import type { ContainerDetails, Engine } from '../engine/engine.ts';
import { imageLabels } from '../image/labels.ts';
import { label } from '../plan/labels.ts';
import type { NodeResources, Plan } from '../plan/plan.ts';
import { slicePaths } from '../plan/slice-paths.ts';
import { findCluster } from './find.ts';
import { inspectFirst } from './inspect.ts';
import { readPlan } from './living-plan.ts';
import { relayedPorts, type PublishedPort } from './ports/published-port.ts';
import { readRapiCertificate } from './rapi-certificate.ts';
import { rapiUrl } from './rapi-url.ts';
import { findState, type ClusterState } from './state.ts';

/** How a cluster is reached, and what it is made of. */
export interface ClusterInfo {
  readonly name: string;
  readonly state: ClusterState;
  readonly rapi: {
    /** null when it is not published */
    readonly url: string | null;
    readonly user: string;
    /** null before the slice has made it */
    readonly password: string | null;
    /** PEM; null before there is one */
    readonly certificate: string | null;
  };
  /** Ganeti's names and addresses; those of the nodes are reached inside the slice only */
  readonly cluster: { readonly name: string; readonly address: string; readonly subnet: string };
  readonly nodes: number;
  /** of all nodes together, as simulated; null where they are not: an earlier version has made it */
  readonly resources: Pick<NodeResources, 'memoryMiB' | 'cpus' | 'diskMiB'> | null;
  /** published by relays, beside RAPI's own */
  readonly ports: readonly PublishedPort[];
  /** `3.0` or `3.1` */
  readonly ganeti: string | null;
  readonly container: string;
  readonly image: string;
  /** of the vcluster-box that made it */
  readonly version: string | null;
}

export async function clusterInfo(engine: Engine, name: string | undefined): Promise<ClusterInfo> {
  const cluster = await findCluster(engine, name);
  const details = await inspectFirst(engine, cluster);
  const plan = await readPlan(engine, cluster);
  const password = (await engine.readFile(details.name, slicePaths.rapiPassword))?.toString().trimEnd() ?? null;
  const certificate = (await readRapiCertificate(engine, details.name, plan))?.certificate ?? null;
  const ports = await relayedPorts(engine, cluster.name);
  const described = describe(details, plan, { password, certificate });
  return { name: cluster.name, state: await findState(engine, details), ...described, ports };
}

function describe(details: ContainerDetails, plan: Plan, made: Pick<ClusterInfo['rapi'], 'password' | 'certificate'>) {
  const { labels, name: container, image } = details;
  return {
    rapi: { url: rapiUrl(details, plan) ?? null, user: plan.rapi.user, ...made },
    cluster: { name: plan.cluster.names[0] ?? '', address: plan.cluster.address, subnet: plan.network.subnet },
    nodes: plan.nodes.length,
    resources: sumOf(plan.nodes),
    ganeti: labels[imageLabels.ganeti] ?? null,
    container,
    image,
    version: labels[label.version] ?? null,
  };
}

function sumOf(nodes: Plan['nodes']): ClusterInfo['resources'] {
  const all = nodes.flatMap(({ resources }) => resources ?? []);
  if (all.length < nodes.length) return null;
  const sum = (key: 'memoryMiB' | 'cpus' | 'diskMiB') => all.reduce((total, resources) => total + resources[key], 0);
  return { memoryMiB: sum('memoryMiB'), cpus: sum('cpus'), diskMiB: sum('diskMiB') };
}
