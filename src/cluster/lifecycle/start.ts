import { defaultTimeoutSeconds } from '../../config/defaults.ts';
import type { ContainerDetails, Engine } from '../../engine/engine.ts';
import { ConflictError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import { runStep, skipSteps } from '../../steps.ts';
import type { Cluster } from '../find.ts';
import { requireWhole } from '../fleet/missing.ts';
import { isHealthy } from '../healthy.ts';
import { inspectSlices } from '../inspect.ts';
import { readPlan } from '../living-plan.ts';
import { startRelays } from '../ports/start-relays.ts';
import { startSlices } from './start-slices.ts';
import { startAgain } from '../up/start-again.ts';
import { announceBoot, bootSteps, containerStep } from '../up/steps.ts';
import { requireAnswer, waitReady } from '../up/wait-ready.ts';

export interface StartOptions {
  readonly report: Report;
  /** aborts when the user interrupts; the cluster goes on starting then */
  readonly signal: AbortSignal;
  /** how long to wait for it; by default as long as `up` would */
  readonly timeoutSeconds?: number | undefined;
}

/**
 * Starts a cluster that is stopped, and waits until it answers.
 *
 * @returns whether there was anything to do
 * @throws {ConflictError} when it is paused
 * @throws {SliceError} when it is half-made or does not come up; all of it is left as it is then
 * @throws {EngineError} in the end, when a host cannot be reached
 */
export async function startCluster(engine: Engine, cluster: Cluster, options: StartOptions): Promise<boolean> {
  const slices = await inspectSlices(engine, cluster);
  if (slices.some(({ state }) => state === 'paused')) {
    throw new ConflictError(`cluster ${cluster.name} is paused`, {
      hint: `resume it: vcluster-box unpause ${cluster.name}`,
    });
  }
  const { nodes } = await readPlan(engine, cluster);
  const timeoutSeconds = options.timeoutSeconds ?? defaultTimeoutSeconds(nodes.length, 0);
  const asleep = !(await allAnswer(engine, slices));
  if (asleep && cluster.hosts === undefined) await startOne(engine, cluster, slices[0], { ...options, timeoutSeconds });
  else if (asleep) await startSlices(engine, cluster, slices, { ...options, timeoutSeconds });
  requireWhole(`cluster ${cluster.name} is started`, cluster.missing);
  return asleep;
}

async function allAnswer(engine: Engine, slices: readonly ContainerDetails[]): Promise<boolean> {
  if (slices.some(({ state }) => state !== 'running')) return false;
  return (await Promise.all(slices.map(({ id }) => isHealthy(engine, id)))).every((healthy) => healthy);
}

async function startOne(
  engine: Engine,
  cluster: Cluster,
  container: ContainerDetails,
  options: StartOptions & { readonly timeoutSeconds: number },
): Promise<void> {
  const { report } = options;
  announceBoot(report, `Starting ${cluster.name}`);
  try {
    if (container.state === 'running') skipSteps(report, [containerStep], 'it runs already');
    else await runStep(report, containerStep, () => startAgain(engine, cluster.name, container));
    await startRelays(engine, cluster.name);
    await waitReady(engine, container.name, { ...options, steps: bootSteps });
    await requireAnswer(engine, container.name, cluster.name);
  } finally {
    report({ type: 'run-ended' });
  }
}
