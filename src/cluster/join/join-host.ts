import { randomBytes } from 'node:crypto';
import { defaultTimeoutSeconds } from '../../config/defaults.ts';
import { InterruptedError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import { transferImage } from '../../image/distribute-image.ts';
import { runStep } from '../../steps.ts';
import { growSlices } from '../../plan/grow-slices.ts';
import { label } from '../../plan/labels.ts';
import { containerName } from '../../plan/names.ts';
import type { PlannedSlice } from '../../plan/plan.ts';
import { engineOf } from '../fleet/fleet.ts';
import { rememberHosts } from '../fleet/hints.ts';
import type { Signals } from '../signals.ts';
import { waitAllReady } from '../spread/follow-slices.ts';
import { type MadeOn, nothingMadeOn } from '../spread/made-on.ts';
import { makeSlices, type Making } from '../spread/make-slices.ts';
import { planUnderlay } from '../spread/plan-hosts.ts';
import { abortOn } from '../up/interruption.ts';
import { announceJoin, containerStep, hostsStep, joinSteps } from '../up/steps.ts';
import { type Candidate, lookAtHost } from './look-at-host.ts';
import type { Newcomer, HostConnector } from './newcomer.ts';
import { copyDefinitions, readSecrets } from './share.ts';
import { leave, leaveIfEmpty, type Departing } from './leave.ts';
import { learnPeer, provePeer } from './tell-peers.ts';

export interface JoinContext extends HostConnector {
  readonly report: Report;
  readonly signals: Signals;
  readonly stateDirectory: string;
  /** of vcluster-box */
  readonly version: string;
}

interface Run extends JoinContext {
  readonly newcomer: Newcomer;
  readonly signal: AbortSignal;
}

/**
 * Makes a host one of a cluster's: a slice on it that all others know and reach, and that has no nodes yet.  When that fails or is interrupted,
 * the slice is removed again, and forgotten.
 *
 * @returns what takes it back, as long as it has no nodes
 * @throws {VclusterError} of the kind that says why it is not
 */
export async function joinHost(newcomer: Newcomer, context: JoinContext): Promise<() => Promise<void>> {
  const { cluster, options } = newcomer;
  const { report } = context;
  const interruption = abortOn(context.signals);
  const run: Run = { ...context, newcomer, signal: interruption.signal };
  announceJoin(report, `Cluster ${cluster.name}: ${options.endpoint} becomes one of its hosts`);
  try {
    const candidate = await runStep(report, hostsStep, () => lookAtHost(newcomer, context, report));
    run.signal.throwIfAborted();
    await transferImage(sourceOf(newcomer), candidate.container.image, { ...run, host: candidate.host });
    run.signal.throwIfAborted();
    return await join(candidate, run);
  } finally {
    interruption.stop();
    report({ type: 'run-ended' });
  }
}

async function join(candidate: Candidate, run: Run): Promise<() => Promise<void>> {
  const { host } = candidate;
  const made = nothingMadeOn([host]);
  let slice: PlannedSlice | undefined;
  const departing = (): Departing => ({ ...run, host, made, slice });
  try {
    slice = await makeSlice(candidate, made, run);
    await connect(candidate, slice, run);
    await remember(host.endpoint, run);
  } catch (error) {
    await made.keepLogs(run.report, { stateDirectory: run.stateDirectory, name: `${run.newcomer.cluster.name}-join` });
    await leave(departing());
    throw error instanceof InterruptedError ? error.saying('interrupted; what was made on it was removed') : error;
  }
  return () => leaveIfEmpty(departing());
}

async function makeSlice(candidate: Candidate, made: MadeOn, run: Run): Promise<PlannedSlice> {
  const { newcomer, report, signal, version } = run;
  const { host, container, request, carrier, addresses } = candidate;
  const { cluster, plan } = newcomer;
  const secrets = await readSecrets(newcomer.engine, cluster.slices[0].name);
  const underlay = planUnderlay(carrier, cluster.name, addresses);
  const making: Making = {
    ...{ request, carrier, addresses, secrets, signal, report, definitions: [] },
    hosts: [host],
    layOut: ([udpPort]) => {
      const { endpoint, info } = host;
      return growSlices(plan, { endpoint, engine: info.id, underlay: underlay(host.number - 1, udpPort) });
    },
    circumstances: {
      image: container.image,
      runId: container.labels[label.run] ?? randomBytes(6).toString('hex'),
      version,
    },
  };
  const plans = await runStep(report, containerStep, () => makeSlices(making, made));
  const slice = plans.at(-1)?.slices.at(-1);
  if (slice === undefined) throw new RangeError('a slice that was made is in the plan');
  return slice;
}

/** The new slice waits for the others, which do not know it yet. */
async function connect({ host }: Candidate, slice: PlannedSlice, run: Run): Promise<void> {
  const { newcomer, report, signal } = run;
  const { cluster, plan } = newcomer;
  const { endpoint, engine } = host;
  const container = containerName(cluster.name, slice.number);
  await runStep(report, joinSteps.learn, () => learnPeer(newcomer, slice));
  signal.throwIfAborted();
  const timeoutSeconds = defaultTimeoutSeconds(plan.nodes.length, 0, slice.number);
  await waitAllReady([{ endpoint, engine, container }], { timeoutSeconds, steps: joinSteps.boot, signal, report });
  await runStep(report, joinSteps.prove, () =>
    provePeer(newcomer, slice, (text) => {
      report({ type: 'step-progress', id: joinSteps.prove.id, text });
    }),
  );
  await copyDefinitions(sourceOf(newcomer), { engine, container }, signal);
  signal.throwIfAborted();
}

/** A slice that was there before, and its engine. */
function sourceOf({ engine, cluster }: Newcomer) {
  const [{ name: container }, ...others] = cluster.slices;
  const endpoint = cluster.hosts?.[0]?.endpoint ?? others.at(0)?.name ?? container;
  return { endpoint, engine: engineOf(engine, container), container };
}

/** It is a hint only, as in `up`. */
async function remember(endpoint: string, { newcomer, stateDirectory }: Run): Promise<void> {
  const { cluster } = newcomer;
  const all = [...(cluster.hosts ?? []).map((host) => host.endpoint), endpoint];
  await rememberHosts(stateDirectory, cluster.name, all).catch(() => undefined);
}
