import { join } from 'node:path';
import type { ExecTarget } from '../cluster/exec.ts';
import type { Engine } from '../engine/engine.ts';
import type { Report } from '../events.ts';
import type { Plan } from '../plan/plan.ts';
import { slicePaths } from '../plan/slice-paths.ts';
import { runStep, type StepName } from '../steps.ts';
import { notOnExisting, qaConfiguration } from './configuration.ts';
import { installSuite } from './install-suite.ts';
import { qaStages } from './parse-line.ts';
import { describeQa, type QaResult } from './result.ts';
import { runSuite } from './run-suite.ts';

export interface QaOptions {
  /** the requested groups and those that they depend on */
  readonly groups: ReadonlySet<string>;
  readonly withSkipped: boolean;
  readonly failFast: boolean;
  /** the only test to run */
  readonly only: string | undefined;
  /** see `Installation` */
  readonly suite: string | undefined;
  /** The cluster is not removed when the suite ends. */
  readonly keep: boolean;
}

export interface TestedSlice {
  /** name of the cluster in vcluster-box */
  readonly cluster: string;
  readonly plan: Plan;
  /** the node that is master when the suite starts */
  readonly target: Pick<ExecTarget, 'container' | 'directory' | 'cluster'>;
  /** `3.0` or `3.1` */
  readonly ganeti: string;
  /** names of the containers of all slices */
  readonly containers: readonly string[];
  /** image that contains the suite */
  readonly image: string;
  /** the engine that has the image */
  readonly imageEngine: Engine;
  /** The cluster existed before and is not removed. */
  readonly existing: boolean;
}

export interface QaRun {
  readonly report: Report;
  readonly stateDirectory: string;
  readonly runId: string;
  readonly signal: AbortSignal;
}

const installStep: StepName = { id: 'install', title: 'Copying the suite into the slice' };

/**
 * Installs the suite in a slice and runs it.  The caller removes the suite.
 *
 * @throws {SliceError} when the suite cannot be installed
 */
export async function testSlice(engine: Engine, slice: TestedSlice, options: QaOptions, run: QaRun): Promise<QaResult> {
  const { plan, target, containers, image, imageEngine, existing, ganeti, cluster } = slice;
  const { report, signal, runId, stateDirectory } = run;
  const startedAt = performance.now();
  const logFile = join(stateDirectory, 'logs', `qa-${cluster}-${runId}.log`);
  report({ type: 'run-started', title: `QA of Ganeti ${ganeti}`, steps: [installStep, ...qaStages] });
  try {
    const groups = new Set([...options.groups].filter((name) => !existing || !notOnExisting.includes(name)));
    const selected = { groups, existing, passwordFile: slicePaths.rapiPassword };
    const configuration = `${JSON.stringify(qaConfiguration(plan, selected), null, 2)}\n`;
    const installation = { image, imageEngine, containers, suite: options.suite, configuration };
    await runStep(report, installStep, () => installSuite(engine, installation, signal));
    report({ type: 'notice', message: `The output of the suite is saved in ${logFile}` });
    const outcome = await runSuite(engine, { ...options, groups, target, ganeti, logFile, signal, report });
    return describeQa(outcome, { cluster, ganeti, logFile, elapsedMs: performance.now() - startedAt });
  } finally {
    report({ type: 'run-ended' });
  }
}
