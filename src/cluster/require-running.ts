import type { ContainerSummary } from '../engine/engine.ts';
import { NotFoundError } from '../errors.ts';
import { sliceNumber } from '../plan/labels.ts';
import type { PlannedNode } from '../plan/plan.ts';
import type { Cluster } from './find.ts';
import { missingError } from './multi-engine/missing.ts';

/**
 * Checks that the whole cluster runs.
 *
 * @throws {NotFoundError} when a slice does not run
 * @throws {EngineError} when a slice cannot be reached
 */
export function requireRunning({ name, slices, missing: [missing] }: Cluster): void {
  if (missing !== undefined) throw missingError(`cluster ${name} is incomplete`, missing);
  const down = slices.find(({ state }) => state !== 'running');
  if (down !== undefined) throw notRunning(name, down);
}

/**
 * Checks that at least one slice runs.
 *
 * @throws {NotFoundError} when none runs
 */
export function requireAnyRunning({ name, slices }: Cluster): void {
  if (slices.every(({ state }) => state !== 'running')) throw notRunning(name, slices[0]);
}

/**
 * Returns the running slice of a node.
 *
 * @throws {NotFoundError} when the slice does not run, or is gone
 * @throws {EngineError} when the slice cannot be reached
 */
export function requireNode(cluster: Cluster, node: PlannedNode): ContainerSummary {
  const slice = sliceOf(cluster, node);
  if (slice.state !== 'running') throw notRunning(cluster.name, slice);
  return slice;
}

/** Like `requireNode`, but the slice can be stopped. */
export function sliceOf({ name, slices, missing }: Cluster, { names, slice: number }: PlannedNode): ContainerSummary {
  const slice = slices.find((one) => sliceNumber(one) === number);
  if (slice !== undefined) return slice;
  const node = names[0] ?? '';
  const lost = missing.find((one) => one.slice === number);
  if (lost !== undefined) throw missingError(`node ${node} of cluster ${name} cannot be reached`, lost);
  throw new NotFoundError(`slice ${number} of cluster ${name}, which has node ${node}, is gone`, {
    hint: `remove the cluster: vcluster-box down ${name}`,
  });
}

function notRunning(cluster: string, { name, state }: ContainerSummary): NotFoundError {
  const paused = state === 'paused';
  return new NotFoundError(`cluster ${cluster} is ${paused ? 'paused' : 'stopped'} (container ${name})`, {
    hint: paused ? `resume it: vcluster-box unpause ${cluster}` : `start it: vcluster-box start ${cluster}`,
  });
}
