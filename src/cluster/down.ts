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
  const steps = names.map((name) => ({ id: name, title: `Removing cluster ${name}` }));
  const removed: string[] = [];
  report({ type: 'run-started', title: `Removing ${names.join(', ')}`, steps });
  for (const step of steps) {
    report({ type: 'step-started', ...step });
    if (await removeOne(engine, step, report)) removed.push(step.id);
  }
  report({ type: 'run-ended' });
  return { clusters: removed, missing: names.filter((name) => !removed.includes(name)) };
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

async function removeOne(engine: Engine, step: NamedStep, report: Report): Promise<boolean> {
  const startedAt = performance.now();
  try {
    const count = await removeLabelled(engine, ofCluster(step.id));
    if (count === 0) report({ type: 'step-skipped', ...step, reason: 'there is none' });
    else report({ type: 'step-done', ...step, elapsedMs: performance.now() - startedAt });
    return count > 0;
  } catch (error) {
    report({ type: 'step-failed', ...step });
    throw error;
  }
}

/** In this order, for each is in use by the one before.  @returns how many things there were */
async function removeLabelled(engine: Engine, labels: Labels): Promise<number> {
  const containers = await engine.findContainers(labels);
  await Promise.all(containers.map(({ id }) => engine.removeContainer(id)));
  const networks = await engine.findNetworks(labels);
  await Promise.all(networks.map(({ id }) => engine.removeNetwork(id)));
  const volumes = await engine.findVolumes(labels);
  await Promise.all(volumes.map((volume) => engine.removeVolume(volume)));
  return containers.length + networks.length + volumes.length;
}
