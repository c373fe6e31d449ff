import type { ContainerSummary, Engine, Labels } from '../engine/engine.ts';

/** What carries some labels. */
export interface Labelled {
  readonly containers: readonly ContainerSummary[];
  /** ids */
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
}

export async function findLabelled(engine: Engine, labels: Labels): Promise<Labelled> {
  const [containers, networks, volumes] = await Promise.all([
    engine.findContainers(labels),
    engine.findNetworks(labels),
    engine.findVolumes(labels),
  ]);
  return { containers, networks: networks.map(({ id }) => id), volumes: volumes.map(({ name }) => name) };
}

/** In this order, for each is in use by the one before. */
export async function removeFound(engine: Engine, { containers, networks, volumes }: Labelled): Promise<void> {
  await Promise.all(containers.map(({ id }) => engine.removeContainer(id)));
  await Promise.all(networks.map((id) => engine.removeNetwork(id)));
  await Promise.all(volumes.map((name) => engine.removeVolume(name)));
}
