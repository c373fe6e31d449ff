import type { ContainerSummary, Engine } from '../../engine/engine.ts';
import { NotFoundError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import { sliceNumber } from '../../plan/labels.ts';
import { nodeDirectory } from '../../plan/slice-paths.ts';
import type { Plan, PlannedNode } from '../../plan/plan.ts';
import { type Cluster, findCluster } from '../find.ts';
import { describeMissing, type MissingSlice } from '../multi-engine/missing.ts';
import { findNode, readPlan } from '../living-plan.ts';
import { requireSome, sliceOf } from '../require-running.ts';
import {
  followNodeLogs,
  followSliceLog,
  type LoggedNode,
  type LoggedSlice,
  readNodeLogs,
  readSliceLog,
} from './read-logs.ts';
import { type LogEntry, select, type Selection } from './log-entries.ts';
import { knownLogs, plainName, sliceLog } from './log-names.ts';

export interface LogsRequest extends Selection {
  readonly cluster: string | undefined;
  /** node and daemon; a single word can be either */
  readonly words: readonly string[];
  readonly follow: boolean;
}

export interface LogsContext {
  /** aborts when the user interrupts */
  readonly signal: AbortSignal;
  readonly report: Report;
  readonly onEntries: (entries: readonly LogEntry[]) => void;
}

/**
 * Passes log entries to `onEntries`, sorted by time.  With `follow`, continues with new entries until the slice stops
 * or the signal aborts.
 *
 * @throws {NotFoundError} when the cluster, node or log does not exist, or when a stopped cluster is to be followed
 */
export async function showLogs(engine: Engine, request: LogsRequest, context: LogsContext): Promise<void> {
  const cluster = await findCluster(engine, request.cluster);
  const plan = await readPlan(engine, cluster);
  const chosen = choose(plan, request.follow ? withoutStopped(cluster) : cluster, request.words);
  for (const missing of chosen.missing) {
    context.report({ type: 'warning', message: `logs are incomplete: ${describeMissing(missing)}` });
  }
  const sliceLogs = await Promise.all(chosen.slices.map((slice) => readSliceLog(engine, slice)));
  if (request.follow) {
    await followAll(engine, request, { ...context, chosen, sliceLogs });
    return;
  }
  const entries = await readNodeLogs(engine, chosen.nodes, { requested: chosen.requested, signal: context.signal });
  refuseUnknown(chosen, entries);
  context.onEntries(select(sort([...sliceLogs.flat(), ...entries]), request));
}

interface Chosen {
  readonly nodes: readonly LoggedNode[];
  /** slices whose own logs are requested */
  readonly slices: readonly LoggedSlice[];
  /** requested, but unavailable */
  readonly missing: readonly MissingSlice[];
  /** name of the log; `undefined` for all */
  readonly requested: string | undefined;
}

function choose(plan: Plan, cluster: Cluster, words: readonly string[]): Chosen {
  const { node, requested } = toNodeAndLog(plan, words);
  const toLoggedNode = (one: PlannedNode, { name: container }: { readonly name: string }): LoggedNode => {
    return { name: one.names[0] ?? '', container, directory: nodeDirectory(plan, one) };
  };
  const { slices, missing, hosts } = cluster;
  const toLogged = (slice: ContainerSummary): LoggedSlice => {
    return { container: slice.name, log: hosts.length === 1 ? sliceLog : `${sliceLog}${sliceNumber(slice)}` };
  };
  if (node !== undefined) {
    const found = findNode(plan, node);
    const slice = sliceOf(cluster, found);
    if (requested === sliceLog) return { nodes: [], slices: [toLogged(slice)], missing: [], requested };
    return { nodes: [toLoggedNode(found, slice)], slices: [], missing: [], requested };
  }
  const own = slices.map(toLogged);
  if (requested === sliceLog) return { nodes: [], slices: own, missing, requested };
  const nodes = plan.nodes.flatMap((one) => {
    const slice = slices.find((other) => sliceNumber(other) === one.slice);
    return slice === undefined ? [] : [toLoggedNode(one, slice)];
  });
  return { nodes, slices: requested === undefined ? own : [], missing, requested };
}

/** The cluster without its stopped slices, which cannot be followed. */
function withoutStopped(cluster: Cluster): Cluster {
  requireSome(cluster);
  const [first, ...others] = cluster.slices.filter(({ state }) => state === 'running');
  return first === undefined ? cluster : { ...cluster, slices: [first, ...others] };
}

/** A single word is a node if one of that name exists, otherwise a log if it is the name of one. */
function toNodeAndLog(plan: Plan, [first, second]: readonly string[]) {
  const isNode = plan.nodes.some(({ names }) => first !== undefined && names.includes(first));
  const alone = first !== undefined && second === undefined && !isNode && knownLogs.includes(plainName(first));
  return alone ? { node: undefined, requested: first } : { node: first, requested: second };
}

function sort(entries: readonly LogEntry[]): readonly LogEntry[] {
  return entries.toSorted((a, b) => (a.time ?? 0) - (b.time ?? 0));
}

function refuseUnknown({ requested }: Chosen, entries: readonly LogEntry[]): void {
  if (requested === undefined || entries.length > 0 || knownLogs.includes(plainName(requested))) return;
  throw new NotFoundError(`there is no log ${requested}`, { hint: `known logs: ${knownLogs.join(', ')}` });
}

interface FollowContext extends LogsContext {
  readonly chosen: Chosen;
  readonly sliceLogs: readonly (readonly LogEntry[])[];
}

/** Shows existing entries first, in one order, so nothing else is shown before the first round of every container. */
async function followAll(engine: Engine, request: LogsRequest, context: FollowContext): Promise<void> {
  const { chosen, sliceLogs, signal, onEntries } = context;
  const hosts = [...new Set(chosen.nodes.map(({ container }) => container))];
  let waiting = hosts.length;
  let early: LogEntry[] = sliceLogs.flat();
  const show = (entries: readonly LogEntry[]) => {
    if (waiting > 0) early.push(...entries);
    else onEntries(entries.filter(({ time = Infinity }) => time >= (request.since ?? 0)));
  };
  const endRound = () => {
    waiting -= 1;
    if (waiting > 0) return;
    onEntries(select(sort(early), request));
    early = [];
  };
  if (waiting === 0) endRound();
  const followHost = async (host: string) => {
    let first = true;
    const take = (entries: readonly LogEntry[]) => {
      show(entries);
      if (first) endRound();
      first = false;
    };
    const nodes = chosen.nodes.filter(({ container }) => container === host);
    await followNodeLogs(engine, host, nodes, { requested: chosen.requested, signal, onEntries: take });
  };
  const followSlice = (slice: LoggedSlice, index: number) =>
    followSliceLog(engine, slice, { signal, skip: sliceLogs[index]?.length ?? 0, onEntries: show });
  await Promise.all([...hosts.map(followHost), ...chosen.slices.map(followSlice)]);
}
