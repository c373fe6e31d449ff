import type { Engine } from '../engine/engine.ts';
import type { Report } from '../events.ts';
import { EngineError } from '../errors.ts';
import { ofCluster } from '../plan/labels.ts';
import { clusterNames } from './find.ts';
import { fleetOf } from './fleet/fleet.ts';
import { describeMissing, type MissingSlice } from './fleet/missing.ts';
import { findLabelled, findWhole, removeFound, type Whole } from './labelled.ts';

export interface Removed {
  /** names, in the order of the arguments */
  readonly clusters: readonly string[];
  /** those asked for of which there was nothing */
  readonly missing: readonly string[];
}

/**
 * Removes clusters: their containers, networks and volumes, by label, so nothing that others made; on all their hosts.
 *
 * @throws {EngineError} in the end, when a host cannot be reached; all else is gone then
 */
export async function removeClusters(engine: Engine, names: readonly string[], report: Report): Promise<Removed> {
  const { left, ...removed } = await removeEach(engine, names, report);
  if (left.length > 0) throw incomplete(left);
  return removed;
}

async function removeEach(
  engine: Engine,
  names: readonly string[],
  report: Report,
): Promise<Removed & { readonly left: readonly Left[] }> {
  const found = await Promise.all(names.map((name) => findWhole(engine, name)));
  const there = names.filter((_, index) => !isEmpty(found[index]));
  const steps = there.map((name) => ({ id: name, title: `Removing cluster ${name}` }));
  if (there.length > 0) report({ type: 'run-started', title: `Removing ${there.join(', ')}`, steps });
  for (const step of steps) await removeOne(engine, step, report);
  if (there.length > 0) report({ type: 'run-ended' });
  for (const name of names) await fleetOf(engine)?.forget(name);
  const left = names.flatMap((name, index) => (found[index]?.missing ?? []).map((missing) => ({ name, missing })));
  return { left, clusters: there, missing: names.filter((name) => !there.includes(name)) };
}

/**
 * Removes whatever carries our labels, also what is left of a cluster whose container is gone.
 *
 * @returns names of the clusters that there were
 */
export async function removeAll(engine: Engine, report: Report): Promise<readonly string[]> {
  const names = await clusterNames(engine);
  const { clusters, left } = await removeEach(engine, names, report);
  await removeFound(engine, await findLabelled(engine, ofCluster()));
  if (left.length > 0) throw incomplete(left);
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

function isEmpty(found: Whole | undefined): boolean {
  if (found === undefined) return true;
  const { containers, networks, volumes, missing } = found;
  return containers.length + networks.length + volumes.length + missing.length === 0;
}

interface Left {
  /** of the cluster */
  readonly name: string;
  readonly missing: MissingSlice;
}

function incomplete(left: readonly Left[]): EngineError {
  const names = [...new Set(left.map(({ name }) => name))].join(', ');
  const hosts = [...new Set(left.map(({ missing }) => describeMissing(missing)))].join('; ');
  const later = [...new Set(left.map(({ name, missing }) => `${reach(missing)}vcluster-box down ${name}`))];
  return new EngineError(`there may be something left of ${names}: ${hosts}`, {
    hint: `when the host is back: ${later.join('; ')}`,
  });
}

/** What is put before a command, so that its engine at hand is that host's. */
function reach({ endpoint }: MissingSlice): string {
  if (endpoint === 'default') return '';
  return `${endpoint.includes('://') ? 'DOCKER_HOST' : 'DOCKER_CONTEXT'}=${endpoint} `;
}
