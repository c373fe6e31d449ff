import type { Engine, Labels } from '../engine/engine.ts';
import type { Report } from '../events.ts';
import { ofCluster } from '../plan/labels.ts';
import { findClusters } from './find.ts';

export interface Removed {
  /** names, in the order of the arguments */
  readonly clusters: readonly string[];
  /** those asked for of which there was nothing */
  readonly missing: readonly string[];
}

/** Removes clusters: their containers, networks and volumes, by label, so nothing that others made. */
export async function removeClusters(engine: Engine, names: readonly string[], report: Report): Promise<Removed> {
  const found = await Promise.all(names.map((name) => findLabelled(engine, ofCluster(name))));
  const there = names.filter((_, index) => !isEmpty(found[index] ?? nothing));
  const steps = there.map((name) => ({ id: name, title: `Removing cluster ${name}` }));
  if (there.length > 0) report({ type: 'run-started', title: `Removing ${there.join(', ')}`, steps });
  for (const step of steps) await removeOne(engine, step, report);
  if (there.length > 0) report({ type: 'run-ended' });
  return { clusters: there, missing: names.filter((name) => !there.includes(name)) };
}

/**
 * Removes whatever carries our labels, also what is left of a cluster whose container is gone.
 *
 * @returns names of the clusters that there were
 */
export async function removeAll(engine: Engine, report: Report): Promise<readonly string[]> {
  const names = (await findClusters(engine)).map(({ name }) => name);
  const { clusters } = await removeClusters(engine, names, report);
  await removeLabelled(engine, ofCluster());
  return clusters;
}

interface NamedStep {
  /** the cluster's name */
  readonly id: string;
  readonly title: string;
}

async function removeOne(engine: Engine, step: NamedStep, report: Report): Promise<void> {
  const startedAt = performance.now();
  report({ type: 'step-started', ...step });
  try {
    await removeLabelled(engine, ofCluster(step.id));
    report({ type: 'step-done', ...step, elapsedMs: performance.now() - startedAt });
  } catch (error) {
    report({ type: 'step-failed', ...step });
    throw error;
  }
}

interface Labelled {
  /** ids */
  readonly containers: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
}

const nothing: Labelled = { containers: [], networks: [], volumes: [] };

function isEmpty({ containers, networks, volumes }: Labelled): boolean {
  return containers.length + networks.length + volumes.length === 0;
}

async function findLabelled(engine: Engine, labels: Labels): Promise<Labelled> {
  const [containers, networks, volumes] = await Promise.all([
    engine.findContainers(labels),
    engine.findNetworks(labels),
    engine.findVolumes(labels),
  ]);
  return {
    containers: containers.map(({ id }) => id),
    networks: networks.map(({ id }) => id),
    volumes: volumes.map(({ name }) => name),
  };
}

/** In this order, for each is in use by the one before. */
async function removeLabelled(engine: Engine, labels: Labels): Promise<void> {
  const { containers, networks, volumes } = await findLabelled(engine, labels);
  await Promise.all(containers.map((id) => engine.removeContainer(id)));
  await Promise.all(networks.map((id) => engine.removeNetwork(id)));
  await Promise.all(volumes.map((name) => engine.removeVolume(name)));
}
