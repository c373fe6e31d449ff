import type { ContainerDetails, Engine } from '../engine/engine.ts';
import { ganetiSourceOf, ganetiVersionOf } from '../image/labels.ts';
import { label } from '../plan/labels.ts';
import type { NodeResources, Plan } from '../plan/plan.ts';
import { slicePaths } from '../plan/slice-paths.ts';
import { type ClusterHost, describeHosts } from './cluster-hosts.ts';
import { findCluster } from './find.ts';
import { inspectSlices } from './inspect.ts';
import { knownToGaneti, readPlan } from './current-plan.ts';
import { allPorts, type PublishedPort } from './ports/published.ts';
import { passwordIn, rapiUsersFile, readRapiCertificate } from './rapi-url.ts';
import type { ClusterState } from './state.ts';

/** How to reach a cluster, and what it consists of. */
export interface ClusterInfo {
  readonly name: string;
  readonly state: ClusterState;
  readonly rapi: {
    /** null when RAPI is not published; with several hosts, that of the first reachable one (`hosts` lists all) */
    readonly url: string | null;
    readonly user: string;
    /** null until the slice has created it, and when only its digest is known */
    readonly password: string | null;
    /** why the password is not known, after it was changed in Ganeti */
    readonly problem: string | null;
    /** PEM; null until it exists */
    readonly certificate: string | null;
  };
  /** name and addresses in Ganeti; node addresses are reachable only inside the slice */
  readonly cluster: { readonly name: string; readonly address: string; readonly subnet: string };
  readonly nodes: number;
  /** simulated; totals of all nodes */
  readonly resources: Pick<NodeResources, 'memoryMiB' | 'cpus' | 'diskMiB'>;
  /** ports published by relays, in addition to RAPI's own */
  readonly ports: readonly PublishedPort[];
  /** `3.0` or `3.1`, or the full version of Ganeti of the user */
  readonly ganeti: string | null;
  /** where Ganeti of the user is from: `packages 3.0.2-3+mine1`, or `tree`; null: it is Debian's */
  readonly ganetiSource: string | null;
  readonly container: string;
  readonly image: string;
  /** version of vcluster-box that created the cluster */
  readonly version: string | null;
  readonly hosts: readonly ClusterHost[];
}

export async function clusterInfo(engine: Engine, name: string | undefined): Promise<ClusterInfo> {
  const cluster = await findCluster(engine, name);
  const slices = await inspectSlices(engine, cluster);
  const plan = await knownToGaneti(engine, cluster, await readPlan(engine, cluster));
  const read = (path: string) =>
    firstOf(slices, async ({ name: slice }) => (await engine.readFile(slice, path))?.toString().trimEnd());
  const created = await read(slicePaths.rapiPassword);
  const usersFile = rapiUsersFile(plan, plan.master ?? '');
  const users = await read(usersFile);
  const password = users === undefined ? created : passwordIn(users, { user: plan.rapi.user, created });
  const certificate = await readRapiCertificate(engine, slices, plan);
  const own = new Set(slices.map((slice) => slice.name));
  const published = await allPorts(engine, { found: cluster, slices, plan });
  const ports = published.filter(({ container }) => !own.has(container));
  const problem = users !== undefined && password === undefined ? `changed in ${usersFile}` : null;
  const made = { password: password ?? null, problem, certificate: certificate ?? null };
  const { rapi: url, ...state } = await describeHosts(engine, cluster, slices, plan);
  const rapi = { url, user: plan.rapi.user, ...made };
  return { name: cluster.name, ...state, rapi, ...describe(slices[0], plan), ports };
}

/** The first value found.  One of several slices can be partly created, and have less than the others. */
async function firstOf<T>(
  slices: readonly ContainerDetails[],
  read: (slice: ContainerDetails) => Promise<T | undefined>,
): Promise<T | undefined> {
  for (const slice of slices) {
    const found = await read(slice);
    if (found !== undefined) return found;
  }
  return undefined;
}

function describe({ labels, name: container, image }: ContainerDetails, plan: Plan) {
  return {
    cluster: { name: plan.cluster.names[0] ?? '', address: plan.cluster.address, subnet: plan.network.subnet },
    nodes: plan.nodes.length,
    resources: sumOf(plan.nodes),
    ganeti: ganetiVersionOf(labels) ?? null,
    ganetiSource: ganetiSourceOf(labels),
    container,
    image,
    version: labels[label.version] ?? null,
  };
}

function sumOf(nodes: Plan['nodes']): ClusterInfo['resources'] {
  const sum = (key: 'memoryMiB' | 'cpus' | 'diskMiB') => nodes.reduce((total, node) => total + node.resources[key], 0);
  return { memoryMiB: sum('memoryMiB'), cpus: sum('cpus'), diskMiB: sum('diskMiB') };
}
