import type { ContainerSummary, Engine, Labels } from '../engine/engine.ts';
import { isSlice, ofCluster } from '../plan/labels.ts';
import { clusterFinderOf } from './multi-engine/multi-engine.ts';
import type { MissingSlice } from './multi-engine/missing.ts';
import { isOnOneHost } from './find.ts';

/** Everything with certain labels. */
export interface Resources {
  readonly containers: readonly ContainerSummary[];
  /** IDs */
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
}

export async function findResources(engine: Engine, labels: Labels): Promise<Resources> {
  const [containers, networks, volumes] = await Promise.all([
    engine.findContainers(labels),
    engine.findNetworks(labels),
    engine.findVolumes(labels),
  ]);
  return { containers, networks: networks.map(({ id }) => id), volumes: volumes.map(({ name }) => name) };
}

export interface ClusterResources extends Resources {
  /** hosts that can have more */
  readonly missing: readonly MissingSlice[];
}

/** Finds everything that belongs to a cluster, also on its other hosts. */
export async function findClusterResources(engine: Engine, name: string): Promise<ClusterResources> {
  const here = await findResources(engine, ofCluster(name));
  const finder = clusterFinderOf(engine);
  const slices = here.containers.filter(isSlice);
  const cachedNames = slices.length === 0 && (await finder?.cachedNames())?.includes(name) === true;
  if (finder === undefined || (!cachedNames && (slices.length === 0 || isOnOneHost(slices))))
    return { ...here, missing: [] };
  const { missing } = await finder.gather(name, slices);
  const lost = missing.filter(({ reason }) => reason !== 'gone');
  return { ...(await findResources(engine, ofCluster(name))), missing: lost };
}

/** Removes containers first, because they use the networks and volumes. */
export async function removeResources(engine: Engine, { containers, networks, volumes }: Resources): Promise<void> {
  await Promise.all(containers.map(({ id }) => engine.removeContainer(id)));
  await Promise.all(networks.map((id) => engine.removeNetwork(id)));
  await Promise.all(volumes.map((name) => engine.removeVolume(name)));
}
