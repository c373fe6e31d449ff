import { randomBytes } from 'node:crypto';
import type { ClusterRequest } from '../../config/parse-cluster-spec.ts';
import type { EngineProvider } from '../../engine/engine-provider.ts';
import { ConflictError, NameTakenError, systemReason } from '../../errors.ts';
import { ensureImage } from '../../image/ensure-image.ts';
import { readOwnGaneti } from '../../image/own/read-own.ts';
import type { Plan } from '../../plan/plan.ts';
import { runStep } from '../../steps.ts';
import { rememberHosts } from '../multi-engine/multi-engine.ts';
import { destroyed, knownToGaneti, readPlan } from '../current-plan.ts';
import { createSharedKeys } from '../multi-host/shared-keys.ts';
import { findDefinitions } from '../os/find-definitions.ts';
import { reportSynced, syncDefinitions } from '../os/sync-definitions.ts';
import { warnOfProblems } from '../problems.ts';
import { publishPorts, resolvePorts } from '../ports/publish.ts';
import { sliceHosts } from '../find.ts';
import { check, type NewCluster, type UpContext, type UpRun } from './check.ts';
import { cleanUp } from './clean-up.ts';
import { refuseDifferences } from './differences.ts';
import { awaitOtherUp, type ExistingCluster } from './existing.ts';
import { type Boot, removedMeanwhile, waitReady } from './follow-boot.ts';
import { type Hosts, onAllHosts, type SliceHost } from './hosts.ts';
import { abortOn } from './interruption.ts';
import { planHosts } from './layout.ts';
import { describePartlyCreated, type FoundSlice, removePartlyCreated } from './partly-created.ts';
import { describeResult, type UpResult } from './result.ts';
import { createRollback } from './rollback.ts';
import { createAndStart } from './start.ts';
import { isAwake, startStopped } from './start-stopped.ts';
import { announceUp, bootSteps, skipNewSteps, steps } from './steps.ts';
import { verifyCluster } from './verify.ts';

/**
 * Creates a cluster, on one host or several, or starts the one that exists; changes nothing when it runs.
 *
 * When it fails or is interrupted, it removes what this run created, unless `keep` was asked for, and nothing else.  A
 * slice image that was built stays.
 *
 * @throws {VclusterError} of the kind that says why there is no running cluster
 */
export async function up(engines: EngineProvider, request: ClusterRequest, context: UpContext): Promise<UpResult> {
  const { spec } = request;
  const [definitions, own] = [await findDefinitions(spec.os), await readOwnGaneti(spec)];
  const interruption = abortOn(context.signals, context.signal);
  const { runId = randomBytes(6).toString('hex') } = context;
  const rollback = createRollback();
  const run: UpRun = { ...context, engines, request, definitions, own, rollback, runId, signal: interruption.signal };
  announceUp(context.report, spec);
  try {
    const checked = await runStep(context.report, steps.check, () => check(run));
    run.signal.throwIfAborted();
    return await (checked.type === 'cluster' ? resume(checked, run) : create(checked, run));
  } catch (error) {
    const name = `${spec.name}-${runId}`;
    throw await cleanUp(engines, error, rollback, { ...context, logName: name, keep: spec.keep, cluster: spec.name });
  } finally {
    interruption.stop();
    context.report({ type: 'run-ended' });
  }
}

async function create(cluster: NewCluster, run: UpRun): Promise<UpResult> {
  const { request, own, report, signal, runId, version, definitions, rollback } = run;
  const { hosts, partlyCreated } = cluster;
  const [image, sharedFiles] = await Promise.all([
    ensureImage(hosts, { ...request.spec, own }, { report, signal }),
    createSharedKeys(hosts.length),
  ]);
  signal.throwIfAborted();
  await remember(hosts, run);
  const circumstances = { image: image.tag, runId, version };
  const planSlices = (udpPorts: readonly number[]) => planHosts(cluster.plan, cluster, udpPorts);
  const plans = await runStep(report, steps.container, async () => {
    await removeLeftovers(partlyCreated, run);
    const slices = { ...cluster, request, circumstances, planSlices, sharedFiles, definitions, signal, report };
    return unlessNameTaken(createAndStart(slices, rollback));
  });
  if (plans === undefined) return resume(await awaitOtherUp(() => Promise.resolve(hosts), run), run);
  const [plan = cluster.plan] = plans;
  reportSynced(report, definitions);
  await publishAll(hosts, plan, run);
  await waitReady(hosts, bootOf(run, hosts));
  return finish(hosts, { plan, changed: true }, run);
}

async function removeLeftovers(partlyCreated: readonly FoundSlice[], { request, report }: UpRun): Promise<void> {
  if (partlyCreated.length === 0) return;
  const { name } = request.spec;
  report({ type: 'notice', message: describePartlyCreated(partlyCreated, name) });
  await removePartlyCreated(partlyCreated, name);
}

/** @returns `undefined` when another run was the first to take the container's name */
async function unlessNameTaken<T>(created: Promise<T>): Promise<T | undefined> {
  try {
    return await created;
  } catch (error) {
    if (error instanceof NameTakenError) return undefined;
    throw error;
  }
}

async function resume({ engine, cluster }: ExistingCluster, run: UpRun): Promise<UpResult> {
  const { request, own, report, signal, definitions } = run;
  const { spec } = request;
  const hosts = sliceHosts(engine, cluster);
  const plan = await readPlan(engine, cluster);
  resolvePorts(spec.publish, plan);
  await refuseDifferences(engine, { cluster, plan, request, own });
  const known = await knownToGaneti(engine, cluster, plan);
  if (known.nodes.length === 0) throw new ConflictError(destroyed(spec.name).message, destroyed(spec.name));
  const awake = await isAwake(engine, cluster);
  skipNewSteps(report);
  const publish = () => publishAll(hosts, plan, run);
  const started = await startStopped(hosts, cluster, { awake, boot: bootOf(run, hosts), publish });
  await warnOfProblems(hosts, spec.name, report);
  const synced = await Promise.all(
    hosts.map((host) => syncDefinitions(host.engine, host.container, { definitions, report, signal })),
  );
  return finish(hosts, { plan: known, changed: started || synced.includes(true) }, run);
}

/**
 * Publishes the requested ports: each on the host that has its node, RAPI on the first.
 *
 * @returns whether there was anything to do
 */
async function publishAll(hosts: readonly SliceHost[], plan: Plan, run: UpRun): Promise<boolean> {
  const { name: cluster, publish } = run.request.spec;
  if (publish.length === 0) return false;
  const wanted = resolvePorts(publish, plan);
  const published = await runStep(run.report, steps.ports, () =>
    onAllHosts(hosts, async (host) => {
      const own = wanted.filter((port) => (port.slice ?? 1) === host.number);
      if (own.length === 0) return [];
      const slice = await host.engine.inspectContainer(host.container);
      if (slice === undefined) throw removedMeanwhile(host.container);
      return publishPorts({ ...host, cluster, slice, plan }, own, run.rollback.on(host));
    }),
  );
  return published.flat().some((port) => port.created);
}

function bootOf({ request: { spec }, signal, report }: UpRun, hosts: readonly SliceHost[]): Boot {
  const { timeoutSeconds, instances } = spec;
  return { timeoutSeconds, steps: bootSteps({ hosts: hosts.length, instances }), signal, report };
}

interface Ready {
  readonly plan: Plan;
  readonly changed: boolean;
}

async function finish(
  hosts: readonly [SliceHost, ...SliceHost[]],
  { plan, changed }: Ready,
  { request: { spec }, report, signal }: UpRun,
): Promise<UpResult> {
  signal.throwIfAborted();
  if (spec.verify) await runStep(report, steps.verify, () => verifyCluster(hosts, plan));
  return describeResult(hosts, { cluster: spec.name, plan, changed });
}

/** Only a cache: a directory that cannot be written is no reason to fail. */
async function remember(hosts: Hosts, { request, stateDirectory, report }: UpRun): Promise<void> {
  await rememberHosts(stateDirectory, request.spec.name, hosts).catch((error: unknown) => {
    const why = systemReason(error as Error) ?? String(error);
    report({ type: 'warning', message: `the host cache cannot be written: ${why}`, hint: cacheHint });
  });
}

const cacheHint = 'commands find the cluster when DOCKER_HOST is one of its hosts';
