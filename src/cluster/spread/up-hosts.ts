import { randomBytes } from 'node:crypto';
import type { ClusterRequest } from '../../config/parse-cluster-spec.ts';
import type { EngineProvider } from '../../engine/engine-provider.ts';
import { ensureImage } from '../../image/ensure-image.ts';
import { runStep } from '../../steps.ts';
import { withDeadline } from '../../plan/deadline.ts';
import { leaveToOthers } from '../../plan/leave-to-others.ts';
import { planCluster } from '../../plan/plan-cluster.ts';
import type { Plan } from '../../plan/plan.ts';
import { reportSynced } from '../os/sync-definitions.ts';
import { findDefinitions } from '../os/find-definitions.ts';
import { wantedPorts } from '../ports/wanted-port.ts';
import { rememberHosts } from '../fleet/hints.ts';
import { abortOn } from '../up/interruption.ts';
import { unlessNameTaken } from '../up/other-run.ts';
import type { UpResult } from '../up/result.ts';
import { announceUp, containersStep, hostsStep, sliceStepsFor, verifyStep } from '../up/steps.ts';
import type { UpContext } from '../up/up.ts';
import { verifyCluster } from '../up/verify.ts';
import { containerName } from '../../plan/names.ts';
import { findAddresses } from './advertise.ts';
import { chooseCarrier } from './carrier.ts';
import { cleanUpHosts } from './clean-up-hosts.ts';
import { compareClocks } from './clock-skew.ts';
import { waitAllReady } from './follow-slices.ts';
import { awaitOther, type Search, type There } from './find-there.ts';
import type { Host } from './host.ts';
import { makeSlices, type Making } from './make-slices.ts';
import { type MadeOn, nothingMadeOn } from './made-on.ts';
import { planHosts } from './plan-hosts.ts';
import { openPortsOnHosts } from './open-ports.ts';
import { preflightHosts } from './preflight-hosts.ts';
import { reachHosts } from './reach-hosts.ts';
import { describeHosts } from './result-hosts.ts';
import { makeSecrets } from './secrets.ts';
import { settle } from './settle.ts';
import { upAgain } from './up-again.ts';

interface Run extends UpContext {
  readonly engines: EngineProvider;
  readonly request: ClusterRequest;
  readonly signal: AbortSignal;
  readonly runId: string;
}

/**
 * Makes a cluster over several hosts, or brings one that is there to the point where it runs.
 *
 * What this run made is removed again when it fails or is interrupted, on all hosts, unless `keep` was asked for; nothing else is.
 *
 * @throws {VclusterError} of the kind that says why there is no running cluster now, and on which host
 */
export async function upOnHosts(
  engines: EngineProvider,
  request: ClusterRequest,
  context: UpContext,
): Promise<UpResult> {
  const { spec } = request;
  const definitions = await findDefinitions(spec.os);
  const interruption = abortOn(context.signals, context.signal);
  const { runId = randomBytes(6).toString('hex'), report } = context;
  const run: Run = { ...context, engines, request, runId, signal: interruption.signal };
  announceUp(report, `Cluster ${spec.name}`, spec);
  let made: MadeOn | undefined;
  try {
    const ready = await runStep(report, hostsStep, () => prepare(run));
    run.signal.throwIfAborted();
    if ('cluster' in ready) return await goOn(ready, run);
    made = nothingMadeOn(ready.hosts);
    const result = await make({ ...ready, definitions }, made, run);
    return result ?? (await goOn(await findOther(ready.hosts, run), run));
  } catch (error) {
    const after = { ...context, logName: `${spec.name}-${runId}`, keep: spec.keep, cluster: spec.name, engines };
    throw made === undefined ? error : await cleanUpHosts(error, made, after);
  } finally {
    interruption.stop();
    report({ type: 'run-ended' });
  }
}

interface Ready extends Pick<Making, 'hosts' | 'carrier' | 'addresses'> {
  /** of the whole cluster */
  readonly whole: Plan;
}

/** All that can be found out before anything is made. */
async function prepare(run: Run): Promise<Ready | There> {
  const { engines, request, report, withoutCluster, now } = run;
  const { spec } = request;
  const usual = withDeadline(planCluster(spec), spec, now());
  const whole = withoutCluster === true ? leaveToOthers(usual) : usual;
  wantedPorts(spec.publish, whole); // a node that will not be there is told of now
  const hosts = await reachHosts(engines.connect, spec.hosts);
  const there = await settle(hosts, searchOf(run), run);
  if (there !== undefined) return there;
  compareClocks(hosts, report);
  await preflightHosts(hosts, request, whole, report);
  const carrier = await chooseCarrier(hosts, spec);
  const addresses = await findAddresses(engines.addressOf, hosts, { carrier, subnet: spec.subnet });
  return { hosts, whole, carrier, addresses };
}

async function make(ready: Ready & Pick<Making, 'definitions'>, made: MadeOn, run: Run): Promise<UpResult | undefined> {
  const { request, report, signal, runId, version } = run;
  const { hosts, definitions, whole } = ready;
  const [{ tag: image }, secrets] = await Promise.all([
    ensureImage(hosts, request.spec, { report, signal }),
    makeSecrets(),
  ]);
  signal.throwIfAborted();
  const circumstances = { image, runId, version };
  await remember(hosts, run);
  const cluster = request.spec.name;
  const layOut: Making['layOut'] = (udpPorts) => planHosts(whole, { ...ready, cluster, udpPorts });
  const making: Making = { ...ready, layOut, request, circumstances, secrets, signal, report };
  const plans = await runStep(report, containersStep, () => unlessNameTaken(makeSlices(making, made)));
  if (plans === undefined) return undefined;
  reportSynced(report, definitions);
  return finish({ hosts, plans }, made, run);
}

/** It says all by itself, in a list of its own. */
async function goOn({ engine, cluster }: There, { report, ...run }: Run): Promise<UpResult> {
  report({ type: 'run-ended' });
  return upAgain(engine, cluster, run.request, { ...run, report });
}

async function findOther(hosts: readonly Host[], run: Run): Promise<There> {
  const { name } = run.request.spec;
  run.report({ type: 'notice', message: `Another \`up\` is making the cluster ${name}: waiting for it.` });
  return awaitOther(hosts, searchOf(run));
}

function searchOf({ engines, request, stateDirectory, signal }: Run): Search {
  const { connect, addressOf } = engines;
  return { name: request.spec.name, connect, addressOf, stateDirectory, signal };
}

/** It is a hint only: a directory that cannot be written is no reason to fail. */
async function remember(hosts: readonly Host[], { request, stateDirectory, report }: Run): Promise<void> {
  const endpoints = hosts.map(({ endpoint }) => endpoint);
  await rememberHosts(stateDirectory, request.spec.name, endpoints).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    report({ type: 'warning', message: `where the hosts are could not be noted: ${why}`, hint: noteHint });
  });
}

const noteHint = 'commands find the cluster where DOCKER_HOST is one of its hosts';

interface Slices {
  readonly hosts: readonly [Host, ...Host[]];
  readonly plans: readonly Plan[];
}

async function finish({ hosts, plans }: Slices, made: MadeOn, run: Run): Promise<UpResult> {
  const { request, report, signal } = run;
  const { spec } = request;
  const [plan] = plans;
  if (plan === undefined) throw new RangeError('a cluster has a slice at least');
  await openPortsOnHosts(hosts, { cluster: spec.name, plan, publish: spec.publish }, { made, report });
  const slices = hosts.map(({ endpoint, engine, number }) => {
    return { endpoint, engine, container: containerName(spec.name, number) };
  });
  const patience = { timeoutSeconds: spec.timeoutSeconds, steps: sliceStepsFor(spec), signal, report };
  await waitAllReady(slices, patience);
  signal.throwIfAborted();
  const [first] = hosts;
  const container = containerName(spec.name, 1);
  if (spec.verify) await runStep(report, verifyStep, () => verifyCluster(first.engine, container, plan));
  return describeHosts(hosts, { cluster: spec.name, plan, changed: true });
}
