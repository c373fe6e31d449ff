import type { ContainerSummary, Engine } from '../engine/engine.ts';
import { EngineError, NotFoundError } from '../errors.ts';
import { isSlice, label, ofCluster, sliceNumber } from '../plan/labels.ts';
import type { PlannedSlice } from '../plan/plan.ts';
import { engineOf, type ClusterFinder, clusterFinderOf } from './multi-engine/multi-engine.ts';
import { describeMissing, type MissingSlice } from './multi-engine/missing.ts';
import type { SliceHost } from './up/hosts.ts';

type Slices = readonly [ContainerSummary, ...ContainerSummary[]];

/** A cluster as the labels of the engine at hand tell of it; there may be more of it on other hosts. */
export interface LocalCluster {
  readonly name: string;
  /** never empty; in the order of their numbers */
  readonly slices: Slices;
}

/** A cluster, as the labels on all its hosts tell of it. */
export interface Cluster extends LocalCluster {
  /** slices that cannot be had: their host is down, or they are gone */
  readonly missing: readonly MissingSlice[];
  /** of all slices, also missing ones, in the order of their numbers; never empty */
  readonly hosts: readonly Pick<PlannedSlice, 'number' | 'endpoint'>[];
}

/** A cluster that hints tell of, of which nothing can be had. */
export interface LostCluster {
  readonly name: string;
  /** never empty */
  readonly missing: readonly MissingSlice[];
}

/** All clusters that the engine at hand has something of, sorted by name.  What is left of one whose slice is gone is none. */
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

/** Names of all clusters that there are, here or, as hints tell, elsewhere; sorted. */
export async function clusterNames(engine: Engine): Promise<readonly string[]> {
  return allNames(await findClusters(engine), clusterFinderOf(engine));
}

/** All of them, each with what it has on other hosts. */
export async function findEveryCluster(engine: Engine): Promise<readonly (Cluster | LostCluster)[]> {
  const finder = clusterFinderOf(engine);
  const local = await findClusters(engine);
  const names = await allNames(local, finder);
  const found = await Promise.all(names.map((name) => complete(finder, name, local)));
  return found.filter((one) => one !== undefined);
}

/**
 * The cluster of that name; without a name, the only one there is, else `vcluster`.
 *
 * @throws {NotFoundError} naming those that exist
 * @throws {EngineError} when none of its hosts can be reached
 */
export async function findCluster(engine: Engine, asked?: string): Promise<Cluster> {
  const finder = clusterFinderOf(engine);
  const local = await findClusters(engine);
  const names = await allNames(local, finder);
  const name = chooseName(names, asked);
  const found = names.includes(name) ? await complete(finder, name, local) : undefined;
  if (found === undefined) throw await notFound(local, finder, asked);
  if (isFound(found)) return found;
  throw lostError(found);
}

/**
 * The name that was asked for; else that of the only cluster there is, else `vcluster`.
 *
 * @param names of all that there are
 * @throws {NotFoundError} when nothing was asked for and there are several, none of them `vcluster`
 */
export function chooseName(names: readonly string[], asked?: string): string {
  if (asked !== undefined) return asked;
  const [only = 'vcluster', ...others] = names;
  if (others.length === 0) return only;
  if (names.includes('vcluster')) return 'vcluster';
  throw new NotFoundError(`there are several clusters: ${names.join(', ')}`, { hint: 'choose one with -c NAME' });
}

async function allNames(local: readonly LocalCluster[], finder: ClusterFinder | undefined): Promise<readonly string[]> {
  const cachedNames = (await finder?.cachedNames()) ?? [];
  return [...new Set([...local.map(({ name }) => name), ...cachedNames])].sort();
}

/** With what it has on other hosts.  `undefined` when a hint was wrong, which is forgotten then. */
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

/** Whether their cluster was created on one host: then there are no others.  Hosts can join only a cluster on several. */
export function isOnOneHost(slices: readonly ContainerSummary[]): boolean {
  return slices.length > 0 && slices.every(({ labels }) => Number(labels[label.slices] ?? 1) === 1);
}

function alone(cluster: LocalCluster): Cluster {
  const hosts = cluster.slices.map((slice) => ({ number: sliceNumber(slice), endpoint: 'default' }));
  return { ...cluster, missing: [], hosts };
}

/** Whether anything of it can be had. */
export function isFound(cluster: Cluster | LostCluster): cluster is Cluster {
  return 'slices' in cluster;
}

/** That nothing of a cluster can be had, and why. */
export function lostError({ name, missing }: LostCluster): EngineError {
  const hint = missing.find((one) => one.hint !== undefined)?.hint;
  return new EngineError(`cluster ${name} cannot be reached: ${missing.map(describeMissing).join('; ')}`, { hint });
}

async function notFound(
  local: readonly LocalCluster[],
  finder: ClusterFinder | undefined,
  asked: string | undefined,
): Promise<EngineError | NotFoundError> {
  if (finder?.absent !== undefined) return finder.absent;
  const names = await allNames(local, finder);
  const wanted = asked === undefined ? '' : ` ${asked}`;
  if (names.length === 0) {
    return new NotFoundError(`there is no cluster${wanted}${asked === undefined ? '' : ', nor any other'}`, {
      hint: `make one: vcluster-box up${wanted}`,
    });
  }
  return new NotFoundError(`there is no cluster${wanted}`, { hint: `there is: ${names.join(', ')}` });
}

/** The hosts of a cluster whose slices can be reached, in the order of their numbers. */
export function sliceHosts(engine: Engine, cluster: Cluster): readonly [SliceHost, ...SliceHost[]] {
  const { hosts } = cluster;
  const host = (slice: Cluster['slices'][number]): SliceHost => {
    const number = sliceNumber(slice);
    const endpoint = hosts.find((each) => each.number === number)?.endpoint ?? slice.name;
    const { name: container } = slice;
    return { number, endpoint, container, engine: engineOf(engine, container), named: hosts.length > 1 };
  };
  const [first, ...others] = cluster.slices;
  return [host(first), ...others.map(host)];
}
