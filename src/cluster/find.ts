import type { ContainerSummary, Engine } from '../engine/engine.ts';
import { EngineError, NotFoundError } from '../errors.ts';
import { isSlice, label, ofCluster, sliceNumber } from '../plan/labels.ts';
import type { PlannedSlice } from '../plan/plan.ts';
import { engineOf, type ClusterFinder, clusterFinderOf } from './multi-engine/multi-engine.ts';
import { describeMissing, type MissingSlice } from './availability.ts';
import type { SliceHost } from './up/hosts.ts';

type Slices = readonly [ContainerSummary, ...ContainerSummary[]];

/** A cluster according to the labels on the default engine.  It can have more slices on other hosts. */
export interface LocalCluster {
  readonly name: string;
  /** never empty; in order of slice number */
  readonly slices: Slices;
}

/** A cluster according to the labels on all its hosts. */
export interface Cluster extends LocalCluster {
  /** slices that are not available: their host cannot be reached, or their container is gone */
  readonly missing: readonly MissingSlice[];
  /** of all slices, including missing ones, in order of slice number; never empty */
  readonly hosts: readonly Pick<PlannedSlice, 'number' | 'endpoint'>[];
}

/** A cluster in the host cache without a single available slice. */
export interface LostCluster {
  readonly name: string;
  /** never empty */
  readonly missing: readonly MissingSlice[];
}

/** All clusters on the default engine, sorted by name.  Leftovers without a slice are not a cluster. */
export async function findClusters(engine: Engine): Promise<readonly LocalCluster[]> {
  const clusters = new Map<string, [ContainerSummary, ...ContainerSummary[]]>();
  for (const container of (await engine.findContainers(ofCluster())).filter(isSlice)) {
    const name = container.labels[label.cluster] ?? '';
    clusters.set(name, [container, ...(clusters.get(name) ?? [])]);
  }
  return [...clusters]
    .map(([name, slices]) => ({ name, slices: slices.sort((a, b) => sliceNumber(a) - sliceNumber(b)) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Names of all clusters on the default engine and in the host cache, sorted. */
export async function clusterNames(engine: Engine): Promise<readonly string[]> {
  return allNames(await findClusters(engine), clusterFinderOf(engine));
}

/** All clusters, including their slices on other hosts. */
export async function findEveryCluster(engine: Engine): Promise<readonly (Cluster | LostCluster)[]> {
  const finder = clusterFinderOf(engine);
  const local = await findClusters(engine);
  const names = await allNames(local, finder);
  const found = await Promise.all(names.map((name) => complete(finder, name, local)));
  return found.filter((one) => one !== undefined);
}

/**
 * Finds a cluster by name.  Without a name: the only cluster, otherwise `vcluster`.
 *
 * @throws {NotFoundError} when there is no such cluster; the error lists the existing ones
 * @throws {EngineError} when none of its hosts can be reached
 */
export async function findCluster(engine: Engine, asked?: string): Promise<Cluster> {
  const found = await searchCluster(engine, (names) => chooseName(names, asked));
  if (found === undefined) throw await notFound(engine, asked);
  if (isFound(found)) return found;
  throw lostError(found);
}

/** Searches all hosts for a cluster; `choose` returns its name. */
export async function searchCluster(
  engine: Engine,
  choose: (names: readonly string[]) => string,
): Promise<Cluster | LostCluster | undefined> {
  const finder = clusterFinderOf(engine);
  const local = await findClusters(engine);
  const names = await allNames(local, finder);
  const name = choose(names);
  return names.includes(name) ? complete(finder, name, local) : undefined;
}

/**
 * Returns the requested name.  Without one: the name of the only cluster, or `vcluster` if there is none or several.
 *
 * @param names of all clusters
 * @throws {NotFoundError} when no name was requested and there are several clusters, none of them `vcluster`
 */
export function chooseName(names: readonly string[], asked?: string): string {
  if (asked !== undefined) return asked;
  const [only = 'vcluster', ...others] = names;
  if (others.length === 0) return only;
  if (names.includes('vcluster')) return 'vcluster';
  throw new NotFoundError(`several clusters exist: ${names.join(', ')}`, { hint: 'choose one with -c NAME' });
}

async function allNames(local: readonly LocalCluster[], finder: ClusterFinder | undefined): Promise<readonly string[]> {
  const cachedNames = (await finder?.cachedNames()) ?? [];
  return [...new Set([...local.map(({ name }) => name), ...cachedNames])].sort();
}

/** Adds the slices on other hosts.  `undefined` when the entry in the host cache was wrong; it is removed then. */
async function complete(
  finder: ClusterFinder | undefined,
  name: string,
  local: readonly LocalCluster[],
): Promise<Cluster | LostCluster | undefined> {
  const here = local.find((cluster) => cluster.name === name);
  if (here !== undefined && isOnOneHost(here.slices)) return alone(here);
  return finder === undefined ? here && alone(here) : gather(finder, name, here?.slices ?? []);
}

async function gather(
  finder: ClusterFinder,
  name: string,
  found: readonly ContainerSummary[],
): Promise<Cluster | LostCluster | undefined> {
  const { slices, missing, hosts } = await finder.gather(name, found);
  const [first, ...others] = slices;
  if (first !== undefined) return { name, slices: [first, ...others], missing, hosts };
  if (missing.length > 0) return { name, missing };
  await finder.forget(name);
  return undefined;
}

/**
 * Whether the cluster was created on a single host and therefore has no other slices.  Only a multi-host cluster
 * accepts further hosts.
 */
export function isOnOneHost(slices: readonly ContainerSummary[]): boolean {
  return slices.length > 0 && slices.every(({ labels }) => Number(labels[label.slices] ?? 1) === 1);
}

function alone(cluster: LocalCluster): Cluster {
  const hosts = cluster.slices.map((slice) => ({ number: sliceNumber(slice), endpoint: 'default' }));
  return { ...cluster, missing: [], hosts };
}

/** Whether any slice of the cluster is available. */
export function isFound(cluster: Cluster | LostCluster): cluster is Cluster {
  return 'slices' in cluster;
}

/** The error for a cluster without an available slice, with the reasons. */
export function lostError({ name, missing }: LostCluster): EngineError {
  const hint = missing.find((one) => one.hint !== undefined)?.hint;
  return new EngineError(`cluster ${name} cannot be reached: ${missing.map(describeMissing).join('; ')}`, { hint });
}

async function notFound(engine: Engine, asked: string | undefined): Promise<EngineError | NotFoundError> {
  const absent = clusterFinderOf(engine)?.absent;
  if (absent !== undefined) return absent;
  const names = await clusterNames(engine);
  const message = asked === undefined ? 'no cluster exists' : `no cluster named ${asked} exists`;
  const create = ['vcluster-box up', ...(asked === undefined ? [] : [asked])].join(' ');
  const hint = names.length === 0 ? `create one: ${create}` : `existing clusters: ${names.join(', ')}`;
  return new NotFoundError(message, { hint });
}

/** The reachable hosts of a cluster, in order of slice number. */
export function sliceHosts(engine: Engine, cluster: Cluster): readonly [SliceHost, ...SliceHost[]] {
  const { hosts } = cluster;
  const host = (slice: Cluster['slices'][number]): SliceHost => {
    const number = sliceNumber(slice);
    const endpoint = hosts.find((each) => each.number === number)?.endpoint ?? slice.name;
    const { name: container } = slice;
    return { number, endpoint, container, engine: engineOf(engine, container) };
  };
  const [first, ...others] = cluster.slices;
  return [host(first), ...others.map(host)];
}
