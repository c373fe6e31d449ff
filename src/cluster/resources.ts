import type { ContainerSummary, Engine, Labels } from '../engine/engine.ts';
import { ofCluster } from '../plan/labels.ts';
import type { MissingSlice } from './availability.ts';
import { searchCluster } from './find.ts';

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
  const cluster = await searchCluster(engine, () => name);
  const missing = (cluster?.missing ?? []).filter(({ reason }) => reason !== 'gone');
  return { ...(await findResources(engine, ofCluster(name))), missing };
}

/** Removes containers first, because they use the networks and volumes. */
export async function removeResources(engine: Engine, { containers, networks, volumes }: Resources): Promise<void> {
  await Promise.all(containers.map(({ id }) => engine.removeContainer(id)));
  await Promise.all(networks.map((id) => engine.removeNetwork(id)));
  await Promise.all(volumes.map((name) => engine.removeVolume(name)));
}
