import { randomBytes } from 'node:crypto';
import type { ClusterRequest } from '../../config/parse-cluster-spec.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Report } from '../../events.ts';
import { ensureImage } from '../../image/ensure-image.ts';
import { imageSteps } from '../../image/image-steps.ts';
import { runStep, skipStep, skipSteps } from '../../steps.ts';
import { containerName } from '../../plan/names.ts';
import { withDeadline } from '../../plan/deadline.ts';
import { planCluster } from '../../plan/plan-cluster.ts';
import { leaveToOthers } from '../../plan/leave-to-others.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Signals } from '../signals.ts';
import { createSlice } from './create.ts';
import type { Existing } from './existing.ts';
import { abortOn } from './interruption.ts';
import { syncDefinitions, reportSynced } from '../os/sync-definitions.ts';
import type { OsDefinition } from '../os/definition.ts';
import { findDefinitions } from '../os/find-definitions.ts';
import { wantedPorts } from '../ports/wanted-port.ts';
import { openPorts, type UpPorts } from './ports.ts';
import { preflight } from './preflight.ts';
import { describeResult, type UpResult } from './result.ts';
import { resume } from './resume.ts';
import { announceUp, checkStep, containerStep, sliceStepsFor, verifyStep } from './steps.ts';
import { findOther, unlessNameTaken } from './other-run.ts';
import { findSettled } from './settled.ts';
import { type Made, nothingMade } from './undo.ts';
import { cleanUp } from './clean-up.ts';
import { type Patience, requireAnswer, waitReady } from './wait-ready.ts';
import { verifyCluster } from './verify.ts';

export interface UpContext {
  readonly report: Report;
  readonly signals: Signals;
  /** where the log of a failed start is kept */
  readonly stateDirectory: string;
  /** of vcluster-box */
  readonly version: string;
  readonly now: () => Date;
  /** Interrupts as well; its `reason` is thrown then. */
  readonly signal?: AbortSignal;
  /** Nodes only, and no cluster: somebody else makes it. */
  readonly withoutCluster?: boolean;
  /** By which the caller knows what this run made. */
  readonly runId?: string;
}

interface Run extends UpContext {
  readonly request: ClusterRequest;
  readonly signal: AbortSignal;
  readonly made: Made;
  readonly runId: string;
  readonly definitions: readonly OsDefinition[];
}

/**
 * Makes a cluster, or brings one that is there to the point where it runs; changes nothing when it does.
 *
 * What this run made is removed again when it fails or is interrupted, unless `keep` was asked for; nothing else is.  A
 * slice image that was built stays.
 *
 * @throws {VclusterError} of the kind that says why there is no running cluster now
 */
export async function up(engine: Engine, request: ClusterRequest, context: UpContext): Promise<UpResult> {
  const definitions = await findDefinitions(request.spec.os);
  const interruption = abortOn(context.signals, context.signal);
  const made = nothingMade(engine);
  const { runId = randomBytes(6).toString('hex') } = context;
  const run: Run = { ...context, request, made, runId, definitions, signal: interruption.signal };
  const { spec } = request;
  announceUp(context.report, `Cluster ${spec.name}`, spec);
  try {
    return await converge(engine, run);
  } catch (error) {
    const name = `${spec.name}-${runId}`;
    throw await cleanUp(engine, error, made, { ...context, logName: name, keep: spec.keep, cluster: spec.name });
  } finally {
    interruption.stop();
    context.report({ type: 'run-ended' });
  }
}

async function converge(engine: Engine, run: Run): Promise<UpResult> {
  const { request, report, signal } = run;
  const usual = planCluster(request.spec);
  const plan = run.withoutCluster === true ? leaveToOthers(usual) : usual;
  const existing = await runStep(report, checkStep, async () => {
    const found = await findSettled(engine, request.spec.name, run.now());
    if (found === undefined) await preflight(engine, request.spec, plan, report);
    return found;
  });
  signal.throwIfAborted();
  if (existing !== undefined) return goOn(engine, existing, run);
  return make(engine, withDeadline(plan, request.spec, run.now()), run);
}

async function make(engine: Engine, plan: Plan, run: Run): Promise<UpResult> {
  const { request, report, signal, made, runId, version, definitions } = run;
  wantedPorts(request.spec.publish, plan); // a node that will not be there is told of now, and not when the rest is
  const { tag: image } = await ensureImage([{ endpoint: 'default', engine }], request.spec, { report, signal });
  signal.throwIfAborted();
  const circumstances = { image, runId, version };
  const container = await runStep(report, containerStep, () =>
    unlessNameTaken(createSlice(engine, { request, plan, circumstances, definitions, signal }, made)),
  );
  if (container === undefined) return goOn(engine, await findOther(engine, run), run);
  reportSynced(report, definitions);
  await openPorts(engine, portsOf(run, container, plan), run);
  await waitReady(engine, container, patience(run));
  return finish(engine, plan, run, true);
}

async function goOn(engine: Engine, existing: Existing, run: Run): Promise<UpResult> {
  const { request, report } = run;
  for (const step of [imageSteps.base, imageSteps.image]) skipStep(report, step, 'the cluster has its image');
  if (existing.plan !== undefined) wantedPorts(request.spec.publish, existing.plan);
  const { plan, state } = await resume(engine, existing, request, run);
  const { name } = existing.container;
  const opened = await openPorts(engine, portsOf(run, name, plan), run);
  if (state === 'booting') {
    await waitReady(engine, name, patience(run));
    await requireAnswer(engine, name, request.spec.name);
  } else skipSteps(report, [containerStep, ...sliceStepsFor(request.spec)], 'it runs already');
  const brought = await syncDefinitions(engine, name, run);
  return finish(engine, plan, run, opened || brought || state === 'booting');
}

function portsOf({ request: { spec } }: Run, container: string, plan: Plan): UpPorts {
  return { cluster: spec.name, container, plan, publish: spec.publish };
}

function patience({ request, signal, report }: Run): Patience {
  return { timeoutSeconds: request.spec.timeoutSeconds, steps: sliceStepsFor(request.spec), signal, report };
}

async function finish(engine: Engine, plan: Plan, run: Run, changed: boolean): Promise<UpResult> {
  const { request, report, signal } = run;
  const container = containerName(request.spec.name, 1);
  signal.throwIfAborted();
  if (request.spec.verify) await runStep(report, verifyStep, () => verifyCluster(engine, container, plan));
  return describeResult(engine, request.spec.name, plan, changed);
}
