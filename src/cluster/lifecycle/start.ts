import { defaultTimeoutSeconds } from '../../config/defaults.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Report } from '../../events.ts';
import { type Cluster, sliceHosts } from '../find.ts';
import { destroyed, knownToGaneti, readPlan } from '../current-plan.ts';
import { warnOfProblems } from '../problems.ts';
import { isAwake, startStopped } from '../up/start-stopped.ts';
import { announceStart, bootSteps } from '../up/steps.ts';

export interface StartOptions {
  readonly report: Report;
  /** aborts when the user interrupts; the cluster continues to start */
  readonly signal: AbortSignal;
  /** how long to wait for the cluster; default: as long as `up` without instances would */
  readonly timeoutSeconds?: number | undefined;
}

/**
 * Starts a stopped cluster, and waits until it responds.
 *
 * @returns whether there was anything to do
 * @throws {ConflictError} when it is paused
 * @throws {SliceError} when it is partly created or does not become ready; nothing is removed
 * @throws {EngineError} at the end, when a host cannot be reached
 */
export async function startCluster(engine: Engine, cluster: Cluster, options: StartOptions): Promise<boolean> {
  const awake = await isAwake(engine, cluster);
  const plan = await readPlan(engine, cluster);
  const hosts = sliceHosts(engine, cluster);
  const { timeoutSeconds = defaultTimeoutSeconds(plan.nodes.length, 0, hosts.length), report, signal } = options;
  const steps = bootSteps({ hosts: hosts.length, instances: 0 });
  const boot = { timeoutSeconds, steps, report: awake ? () => undefined : report, signal };
  if (!awake) announceStart(report, `Starting ${cluster.name}`, hosts.length);
  try {
    const started = await startStopped(hosts, cluster, { awake, boot });
    const { nodes } = await knownToGaneti(engine, cluster, plan);
    if (nodes.length === 0) report({ type: 'warning', ...destroyed(cluster.name) });
    await warnOfProblems(hosts, cluster.name, report);
    return started;
  } finally {
    if (!awake) report({ type: 'run-ended' });
  }
}
