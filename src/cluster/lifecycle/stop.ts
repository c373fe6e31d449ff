import type { ContainerState, ContainerSummary, Engine } from '../../engine/engine.ts';
import { ConflictError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import { runStep } from '../../steps.ts';
import { label } from '../../plan/labels.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import type { Cluster } from '../find.ts';
import { requireComplete } from '../availability.ts';

/**
 * The slice stops its daemons in order; anything that still runs after this time is killed.  Of it, the slice needs
 * eight seconds for itself.
 */
const graceSeconds = 30;

/**
 * Stops a cluster the way a machine shuts down: first jobs, then daemons.  Everything is kept for the next start.
 *
 * @returns whether there was anything to do
 * @throws {EngineError} at the end, when a host cannot be reached
 */
export async function stopCluster(engine: Engine, cluster: Cluster, report: Report): Promise<boolean> {
  const running = cluster.slices.filter(({ state }) => !atRest.includes(state));
  if (running.length > 0) {
    await runAlone(report, { id: `stop-${cluster.name}`, title: `Stopping cluster ${cluster.name}` }, async () => {
      await Promise.all(running.map((slice) => stopSlice(engine, slice)));
    });
  }
  requireComplete(`cluster ${cluster.name} is stopped`, cluster.missing);
  return running.length > 0;
}

/** Marks a cluster with `--ttl` as stopped by the user: otherwise a restart of the engine would start it again. */
async function stopSlice(engine: Engine, { id, labels }: ContainerSummary): Promise<void> {
  if (label.expires in labels) {
    await engine.writeFiles(id, [{ path: slicePaths.rest, content: '', mode: 0o644 }]);
  }
  await engine.stopContainer(id, graceSeconds);
}

const atRest: readonly ContainerState[] = ['created', 'exited', 'dead', 'removing'];

/**
 * Freezes all processes of a cluster.  The cluster uses no CPU but keeps its memory.
 *
 * @returns whether there was anything to do
 * @throws {ConflictError} when it does not run
 */
export async function pauseCluster(engine: Engine, cluster: Cluster): Promise<boolean> {
  const awake = cluster.slices.filter(({ state }) => state !== 'paused');
  requireAwake(cluster);
  await Promise.all(awake.map(({ id }) => engine.pauseContainer(id)));
  requireComplete(`cluster ${cluster.name} is paused`, cluster.missing);
  return awake.length > 0;
}

/** @returns whether there was anything to do */
export async function unpauseCluster(engine: Engine, cluster: Cluster): Promise<boolean> {
  const paused = cluster.slices.filter(({ state }) => state === 'paused');
  requireAwake(cluster);
  await Promise.all(paused.map(({ id }) => engine.unpauseContainer(id)));
  requireComplete(`cluster ${cluster.name} is running`, cluster.missing);
  return paused.length > 0;
}

function requireAwake({ name, slices }: Cluster): void {
  if (slices.every(({ state }) => state === 'running' || state === 'paused')) return;
  throw new ConflictError(`cluster ${name} does not run`, { hint: `start it: vcluster-box start ${name}` });
}

async function runAlone(report: Report, step: { id: string; title: string }, run: () => Promise<void>): Promise<void> {
  report({ type: 'run-started', title: step.title, steps: [step] });
  try {
    await runStep(report, step, run);
  } finally {
    report({ type: 'run-ended' });
  }
}
