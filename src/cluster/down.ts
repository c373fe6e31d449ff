import type { Engine } from '../engine/engine.ts';
import type { Report } from '../events.ts';
import { ofCluster } from '../plan/labels.ts';
import { findClusters } from './find.ts';
import { findLabelled, type Labelled, removeFound } from './labelled.ts';

export interface Removed {
  /** names, in the order of the arguments */
  readonly clusters: readonly string[];
  /** those asked for of which there was nothing */
  readonly missing: readonly string[];
}

/** Removes clusters: their containers, networks and volumes, by label, so nothing that others made. */
export async function removeClusters(engine: Engine, names: readonly string[], report: Report): Promise<Removed> {
  const found = await Promise.all(names.map((name) => findLabelled(engine, ofCluster(name))));
  const there = names.filter((_, index) => !isEmpty(found[index]));
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
  await removeFound(engine, await findLabelled(engine, ofCluster()));
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
    await removeFound(engine, await findLabelled(engine, ofCluster(step.id)));
    report({ type: 'step-done', ...step, elapsedMs: performance.now() - startedAt });
  } catch (error) {
    report({ type: 'step-failed', ...step });
    throw error;
  }
}

function isEmpty(found: Labelled | undefined): boolean {
  return found === undefined || found.containers.length + found.networks.length + found.volumes.length === 0;
}
