import type { Engine } from '../engine/engine.ts';
import type { Report } from '../events.ts';
import { EngineError } from '../errors.ts';
import { ofCluster } from '../plan/labels.ts';
import { runStep } from '../steps.ts';
import { clusterNames } from './find.ts';
import { clusterFinderOf } from './multi-engine/multi-engine.ts';
import { describeMissing, type MissingSlice } from './availability.ts';
import { findResources, findClusterResources, removeResources, type ClusterResources } from './resources.ts';

export interface Removed {
  /** names of the removed clusters, in the order of the arguments */
  readonly clusters: readonly string[];
  /** names of which nothing existed */
  readonly missing: readonly string[];
}

/**
 * Removes clusters on all their hosts: containers, networks and volumes with our labels.
 *
 * @throws {EngineError} when a host cannot be reached, after everything else has been removed
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
  const found = await Promise.all(names.map((name) => findClusterResources(engine, name)));
  const existing = names.filter((_, index) => !isEmpty(found[index]));
  const steps = existing.map((name) => ({ id: name, title: `Removing cluster ${name}` }));
  if (existing.length > 0) report({ type: 'run-started', title: `Removing ${existing.join(', ')}`, steps });
  for (const step of steps) {
    await runStep(report, step, async () => removeResources(engine, await findResources(engine, ofCluster(step.id))));
  }
  if (existing.length > 0) report({ type: 'run-ended' });
  for (const name of names) await clusterFinderOf(engine)?.forget(name);
  const left = names.flatMap((name, index) => (found[index]?.missing ?? []).map((missing) => ({ name, missing })));
  return { left, clusters: existing, missing: names.filter((name) => !existing.includes(name)) };
}

/**
 * Removes everything that carries our labels, including remains of clusters whose container is gone.
 *
 * @returns names of the removed clusters
 */
export async function removeAll(engine: Engine, report: Report): Promise<readonly string[]> {
  const names = await clusterNames(engine);
  const { clusters, left } = await removeEach(engine, names, report);
  await removeResources(engine, await findResources(engine, ofCluster()));
  if (left.length > 0) throw incomplete(left);
  return clusters;
}

function isEmpty(found: ClusterResources | undefined): boolean {
  if (found === undefined) return true;
  const { containers, networks, volumes, missing } = found;
  return containers.length + networks.length + volumes.length + missing.length === 0;
}

interface Left {
  /** name of the cluster */
  readonly name: string;
  readonly missing: MissingSlice;
}

function incomplete(left: readonly Left[]): EngineError {
  const names = [...new Set(left.map(({ name }) => name))].join(', ');
  const hosts = [...new Set(left.map(({ missing }) => describeMissing(missing)))].join('; ');
  const later = [...new Set(left.map(({ name, missing }) => `${engineVariable(missing)}vcluster-box down ${name}`))];
  return new EngineError(`resources of ${names} might remain: ${hosts}`, {
    hint: `when the host is available again, run ${later.join('; ')}`,
  });
}

/** Environment variable that makes a command use the engine of that host. */
function engineVariable({ endpoint }: MissingSlice): string {
  if (endpoint === 'default') return '';
  return `${endpoint.includes('://') ? 'DOCKER_HOST' : 'DOCKER_CONTEXT'}=${endpoint} `;
}
