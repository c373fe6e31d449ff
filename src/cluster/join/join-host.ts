import { randomBytes } from 'node:crypto';
import { defaultTimeoutSeconds } from '../../config/defaults.ts';
import type { EngineProvider } from '../../engine/engine-provider.ts';
import { InterruptedError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import { distributeImage } from '../../image/distribute-image.ts';
import { growSlices, nodesIn } from '../../plan/choose-slice.ts';
import { label } from '../../plan/labels.ts';
import type { PlannedSlice } from '../../plan/plan.ts';
import { runStep } from '../../steps.ts';
import { rememberHosts } from '../multi-engine/multi-engine.ts';
import { readPlan } from '../current-plan.ts';
import type { Signals } from '../signals.ts';
import { sliceHosts } from '../find.ts';
import { copySync } from '../sync/sync.ts';
import { waitReady } from '../up/follow-boot.ts';
import type { Host } from '../up/hosts.ts';
import { abortOn } from '../up/interruption.ts';
import { sliceUnderlay } from '../up/layout.ts';
import { createRollback, type Rollback } from '../up/rollback.ts';
import { createAndStart, type SlicesToStart } from '../up/start.ts';
import { announceNewHost, newHostSteps, steps } from '../up/steps.ts';
import { type CheckedHost, checkHost, type JoiningHost } from './check-host.ts';
import { addPeer, copyDefinitions, readSharedFiles, removePeer, verifyPeer } from './update-peers.ts';

export interface JoinContext extends Pick<EngineProvider, 'connect' | 'addressOf'> {
  readonly report: Report;
  readonly signals: Signals;
  readonly stateDirectory: string;
  /** of vcluster-box */
  readonly version: string;
}

interface JoinRun extends JoinContext {
  readonly joining: JoiningHost;
  /** those that the cluster already has */
  readonly peers: ReturnType<typeof sliceHosts>;
  readonly signal: AbortSignal;
}

/**
 * Adds a host to a cluster: creates one more slice, which all others know and reach, and which has no nodes yet.  When
 * that fails or is interrupted, removes the slice again.
 *
 * @returns how to remove the host again while it has no nodes
 * @throws {VclusterError} of the kind that says why it did not join
 */
export async function joinHost(joining: JoiningHost, context: JoinContext): Promise<() => Promise<void>> {
  const { cluster, options, engine } = joining;
  const { report } = context;
  const interruption = abortOn(context.signals);
  const { signal } = interruption;
  const run: JoinRun = { ...context, joining, peers: sliceHosts(engine, cluster), signal };
  announceNewHost(report, `Cluster ${cluster.name}: adding host ${options.endpoint}`);
  try {
    const checked = await runStep(report, steps.check, () => checkHost(joining, context, report));
    signal.throwIfAborted();
    await distributeImage(run.peers[0], checked.container.image, [checked.host], { report, signal });
    signal.throwIfAborted();
    return await join(checked, run);
  } finally {
    interruption.stop();
    report({ type: 'run-ended' });
  }
}

async function join(checked: CheckedHost, run: JoinRun): Promise<() => Promise<void>> {
  const { host } = checked;
  const { report, stateDirectory, joining } = run;
  const rollback = createRollback();
  let slice: PlannedSlice | undefined;
  const added = (): HostToRemove => ({ host, rollback, slice });
  try {
    slice = await createSlice(checked, rollback, run);
    await connect(host, slice, run);
    await rememberHosts(stateDirectory, joining.cluster.name, [...joining.cluster.hosts, host]).catch(() => undefined);
  } catch (error) {
    await rollback.keepLogs(report, { stateDirectory, name: `${joining.cluster.name}-join` });
    await removeHost(added(), run);
    throw error instanceof InterruptedError
      ? error.saying('interrupted; what was created on the host was removed')
      : error;
  }
  return () => removeIfEmpty(added(), run);
}

async function createSlice(checked: CheckedHost, rollback: Rollback, run: JoinRun): Promise<PlannedSlice> {
  const { joining, peers, report, signal, version } = run;
  const { host, container, request, underlay, addresses } = checked;
  const underlayOf = sliceUnderlay(underlay, joining.cluster.name, addresses);
  const created: SlicesToStart = {
    ...{ request, underlay, addresses, signal, report, definitions: [] },
    hosts: [host],
    sharedFiles: await readSharedFiles(peers[0]),
    planSlices: ([udpPort]) => {
      const { endpoint, info, number } = host;
      return growSlices(joining.plan, { endpoint, engine: info.id, underlay: underlayOf(number - 1, udpPort) });
    },
    circumstances: {
      image: container.image,
      runId: container.labels[label.run] ?? randomBytes(6).toString('hex'),
      version,
    },
  };
  const plans = await runStep(report, steps.container, () => createAndStart(created, rollback));
  const slice = plans.at(-1)?.slices.at(-1);
  if (slice === undefined) throw new RangeError('the new slice is not in the plan');
  return slice;
}

/** The new slice waits for the others, which do not know it yet. */
async function connect(host: Host, slice: PlannedSlice, run: JoinRun): Promise<void> {
  const { joining, peers, report, signal } = run;
  await runStep(report, steps.addPeer, () => addPeer(peers, slice));
  signal.throwIfAborted();
  const timeoutSeconds = defaultTimeoutSeconds(joining.plan.nodes.length, 0, slice.number);
  await waitReady([host], { timeoutSeconds, steps: newHostSteps, signal, report });
  await runStep(report, steps.verifyPeer, () =>
    verifyPeer(peers, slice, (text) => {
      report({ type: 'step-progress', id: steps.verifyPeer.id, text });
    }),
  );
  await copyDefinitions(peers[0], host, signal);
  await copySync(peers[0], host, signal);
  signal.throwIfAborted();
}

/** A host that does not join after all. */
interface HostToRemove {
  readonly host: Host;
  readonly rollback: Rollback;
  /** undefined: none was created */
  readonly slice: PlannedSlice | undefined;
}

/** Removes the host again, unless it has nodes, even partly added ones. */
async function removeIfEmpty(added: HostToRemove, run: JoinRun): Promise<void> {
  const { joining, report } = run;
  const { host } = added;
  const plan = await readPlan(joining.engine, joining.cluster).catch(() => undefined);
  if (plan === undefined || nodesIn(plan.nodes, host.number) > 0) return;
  await removeHost(added, run);
  const message = `${host.endpoint} was removed again, because no node was added on it.`;
  report({ type: 'notice', message });
}

/** Removes what it can. */
async function removeHost({ rollback, slice }: HostToRemove, run: JoinRun): Promise<void> {
  const { joining, peers, report, stateDirectory } = run;
  const { name } = joining.cluster;
  if (slice !== undefined) await removePeer(peers, slice, report);
  for (const { endpoint, container, number } of await rollback.undo()) {
    report({
      type: 'warning',
      message: `host ${endpoint}: slice ${number} of cluster ${name} could not be removed`,
      hint: `when its engine answers again, run there: docker rm --force ${container}`,
    });
  }
  await rememberHosts(stateDirectory, name, joining.cluster.hosts).catch(() => undefined);
}
