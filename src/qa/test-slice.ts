import { join } from 'node:path';
import type { Engine } from '../engine/engine.ts';
import type { Report } from '../events.ts';
import { notOnExisting, qaConfiguration } from './configuration.ts';
import { qaStages } from './parse-line.ts';
import { runStep, type StepName } from '../steps.ts';
import type { Plan } from '../plan/plan.ts';
import { slicePaths } from '../plan/slice-paths.ts';
import type { ExecTarget } from '../cluster/exec-target.ts';
import { equip } from './install-suite.ts';
import { describeQa, type QaResult } from './result.ts';
import { runSuite } from './run-suite.ts';

export interface QaWishes {
  /** those to be run, and what they need */
  readonly groups: ReadonlySet<string>;
  readonly withSkipped: boolean;
  readonly failFast: boolean;
  /** The cluster stays when the suite has ended. */
  readonly keep: boolean;
}

export interface TestedSlice {
  /** our name of the cluster */
  readonly cluster: string;
  readonly plan: Plan;
  /** the node that is master when the suite begins */
  readonly target: Pick<ExecTarget, 'container' | 'directory'>;
  /** `3.0` ... */
  readonly ganeti: string;
  /** names of the containers of all slices */
  readonly containers: readonly string[];
  /** with the suite */
  readonly image: string;
  /** the engine that has it */
  readonly imageEngine: Engine;
  /** The cluster is there already, and stays. */
  readonly existing: boolean;
}

export interface QaRun {
  readonly report: Report;
  readonly stateDirectory: string;
  readonly runId: string;
  readonly signal: AbortSignal;
}

const equipStep: StepName = { id: 'equip', title: 'Copying the suite into the slice' };

/**
 * Runs the suite in a slice.  What it needs there stays, to be taken away by the caller.
 *
 * @throws {SliceError} when the slice cannot be made ready for it
 */
export async function testSlice(engine: Engine, slice: TestedSlice, wishes: QaWishes, run: QaRun): Promise<QaResult> {
  const { plan, target, containers, image, imageEngine, existing, ganeti, cluster } = slice;
  const { report, signal, runId, stateDirectory } = run;
  const startedAt = performance.now();
  const logFile = join(stateDirectory, 'logs', `qa-${cluster}-${runId}.log`);
  report({ type: 'run-started', title: `QA of Ganeti ${ganeti}`, steps: [equipStep, ...qaStages] });
  try {
    const groups = new Set([...wishes.groups].filter((name) => !existing || !notOnExisting.includes(name)));
    const wanted = { groups, existing, passwordFile: slicePaths.rapiPassword };
    const configuration = `${JSON.stringify(qaConfiguration(plan, wanted), null, 2)}\n`;
    const equipment = { image, imageEngine, containers, configuration };
    await runStep(report, equipStep, () => equip(engine, equipment, signal));
    report({ type: 'notice', message: `All that the suite prints is kept in ${logFile}` });
    const ran = await runSuite(engine, { ...wishes, groups, target, ganeti, logFile, signal, report });
    return describeQa(ran, { cluster, ganeti, logFile, elapsedMs: performance.now() - startedAt });
  } finally {
    report({ type: 'run-ended' });
  }
}
