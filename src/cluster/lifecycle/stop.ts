import type { ContainerState, ContainerSummary, Engine } from '../../engine/engine.ts';
import { ConflictError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import { runStep } from '../../steps.ts';
import { label } from '../../plan/labels.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import type { Cluster } from '../find.ts';
import { requireWhole } from '../multi-engine/missing.ts';

/** The slice ends its daemons in order; what has not ended by then is killed.  Eight seconds are what it takes for itself. */
const graceSeconds = 30;

/**
 * Stops a cluster as a machine is shut down: jobs end, then daemons, and all of it is there at the next start.
 *
 * @returns whether there was anything to do
 * @throws {EngineError} in the end, when a host cannot be reached
 */
export async function stopCluster(engine: Engine, cluster: Cluster, report: Report): Promise<boolean> {
  const running = cluster.slices.filter(({ state }) => !atRest.includes(state));
  if (running.length > 0) {
    await runAlone(report, { id: `stop-${cluster.name}`, title: `Stopping cluster ${cluster.name}` }, async () => {
      await Promise.all(running.map((slice) => stopSlice(engine, slice)));
    });
  }
  requireWhole(`cluster ${cluster.name} is stopped`, cluster.missing);
  return running.length > 0;
}

/** An engine that is restarted would start one with `--ttl` again, if that did not know that it is to stay stopped. */
async function stopSlice(engine: Engine, { id, labels }: ContainerSummary): Promise<void> {
  if (label.expires in labels) {
    await engine.writeFiles(id, [{ path: slicePaths.rest, content: '', mode: 0o644 }]);
  }
  await engine.stopContainer(id, graceSeconds);
}

const atRest: readonly ContainerState[] = ['created', 'exited', 'dead', 'removing'];

/**
 * Freezes all processes of a cluster where they are: it needs no CPU, and keeps its memory.
 *
 * @returns whether there was anything to do
 * @throws {ConflictError} when it does not run
 */
export async function pauseCluster(engine: Engine, cluster: Cluster): Promise<boolean> {
  const awake = cluster.slices.filter(({ state }) => state !== 'paused');
  requireAwake(cluster);
  await Promise.all(awake.map(({ id }) => engine.pauseContainer(id)));
  requireWhole(`cluster ${cluster.name} is paused`, cluster.missing);
  return awake.length > 0;
}

/** @returns whether there was anything to do */
export async function unpauseCluster(engine: Engine, cluster: Cluster): Promise<boolean> {
  const paused = cluster.slices.filter(({ state }) => state === 'paused');
  requireAwake(cluster);
  await Promise.all(paused.map(({ id }) => engine.unpauseContainer(id)));
  requireWhole(`cluster ${cluster.name} goes on`, cluster.missing);
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
