import { defaultTimeoutSeconds } from '../../config/defaults.ts';
import type { Engine } from '../../engine/engine.ts';
import { ConflictError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import { runStep } from '../../image/step.ts';
import type { Cluster } from '../find.ts';
import { isHealthy } from '../healthy.ts';
import { inspectFirst } from '../inspect.ts';
import { readPlan } from '../living-plan.ts';
import { startRelays } from '../ports/start-relays.ts';
import { startAgain } from '../up/start-again.ts';
import { announceBoot, bootSteps, containerStep, skipSteps } from '../up/steps.ts';
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
 */
export async function startCluster(engine: Engine, cluster: Cluster, options: StartOptions): Promise<boolean> {
  const container = await inspectFirst(engine, cluster);
  if (container.state === 'paused') {
    throw new ConflictError(`cluster ${cluster.name} is paused`, {
      hint: `resume it: vcluster-box unpause ${cluster.name}`,
    });
  }
  const { nodes } = await readPlan(engine, cluster);
  if (container.state === 'running' && (await isHealthy(engine, container.id))) return false;
  const { report } = options;
  announceBoot(report, `Starting ${cluster.name}`);
  try {
    if (container.state === 'running') skipSteps(report, [containerStep], 'it runs already');
    else await runStep(report, containerStep, () => startAgain(engine, cluster.name, container));
    await startRelays(engine, cluster.name);
    const timeoutSeconds = options.timeoutSeconds ?? defaultTimeoutSeconds(nodes.length, 0);
    await waitReady(engine, container.name, { ...options, timeoutSeconds, steps: bootSteps });
    await requireAnswer(engine, container.name, cluster.name);
  } finally {
    report({ type: 'run-ended' });
  }
  return true;
}
