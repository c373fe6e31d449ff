import type { ContainerSummary, Engine } from '../../engine/engine.ts';
import { NotFoundError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import { sliceNumber } from '../../plan/labels.ts';
import { nodeDirectory } from '../../plan/slice-paths.ts';
import type { Plan, PlannedNode } from '../../plan/plan.ts';
import { type Cluster, findCluster } from '../find.ts';
import { describeMissing, type MissingSlice, requireAnyRunning, sliceOf, watchSlice } from '../availability.ts';
import { findNode, readPlan } from '../current-plan.ts';
import {
  followNodeLogs,
  followSliceLog,
  type LoggedNode,
  type LoggedSlice,
  readNodeLogs,
  readSliceLog,
} from './read-logs.ts';
import { droppedWarning, entryCollector, type EntryCollector, type Selection } from './entry-collector.ts';
import type { LogEntry } from './log-entries.ts';
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
  const onDropped = () => {
    context.report({ type: 'warning', message: droppedWarning });
  };
  const { requested } = chosen;
  const { since, tail } = request;
  const collector = entryCollector({ since, tail, onDropped });
  const sliceLines = await Promise.all(chosen.slices.map((slice) => readSliceLog(engine, slice, collector)));
  if (request.follow) {
    const following = { ...context, cluster: cluster.name, chosen, sliceLines, collector, onDropped };
    await followAll(engine, request, following);
    return;
  }
  const found = await readNodeLogs(engine, chosen.nodes, { requested, signal: context.signal, collector });
  if (!found) refuseUnknown(chosen);
  context.onEntries(collector.take());
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
  requireAnyRunning(cluster);
  const [first, ...others] = cluster.slices.filter(({ state }) => state === 'running');
  return first === undefined ? cluster : { ...cluster, slices: [first, ...others] };
}

/** A single word is a node if one of that name exists, otherwise a log if it is the name of one. */
function toNodeAndLog(plan: Plan, [first, second]: readonly string[]) {
  const isNode = plan.nodes.some(({ names }) => first !== undefined && names.includes(first));
  const alone = first !== undefined && second === undefined && !isNode && knownLogs.includes(plainName(first));
  return alone ? { node: undefined, requested: first } : { node: first, requested: second };
}

function refuseUnknown({ requested }: Chosen): void {
  if (requested === undefined || knownLogs.includes(plainName(requested))) return;
  throw new NotFoundError(`there is no log ${requested}`, { hint: `known logs: ${knownLogs.join(', ')}` });
}

interface FollowContext extends LogsContext {
  /** name of the cluster */
  readonly cluster: string;
  readonly chosen: Chosen;
  /** number of lines of each slice's own log that are in the collector */
  readonly sliceLines: readonly number[];
  /** has the existing entries */
  readonly collector: EntryCollector;
  readonly onDropped: () => void;
}

/** Shows existing entries first, in one order, so nothing else is shown before the first round of every container. */
async function followAll(engine: Engine, request: LogsRequest, context: FollowContext): Promise<void> {
  const { chosen, collector, onEntries } = context;
  let waiting = new Set(chosen.nodes.map(({ container }) => container)).size;
  const show = (entries: readonly LogEntry[]) => {
    if (waiting > 0) entries.forEach(collector.addEntry);
    else onEntries(entries.filter(({ time = Infinity }) => time >= (request.since ?? 0)));
  };
  const endRound = () => {
    waiting -= 1;
    if (waiting === 0) onEntries(collector.take());
  };
  if (waiting === 0) endRound();
  const containers = new Set([...chosen.nodes, ...chosen.slices].map(({ container }) => container));
  const follow = [...containers].map((container) => {
    let first = true;
    const onNodeEntries = (entries: readonly LogEntry[]) => {
      show(entries);
      if (first) endRound();
      first = false;
    };
    return followContainer(engine, container, { ...context, onNodeEntries, onSliceEntries: show });
  });
  await Promise.all(follow);
}

interface ContainerContext extends FollowContext {
  readonly onNodeEntries: LogsContext['onEntries'];
  readonly onSliceEntries: LogsContext['onEntries'];
}

/** Follows the logs in one container, and says why they end. */
async function followContainer(engine: Engine, container: string, context: ContainerContext): Promise<void> {
  const { chosen, sliceLines, onDropped, signal, report, cluster } = context;
  const changeOf = watchSlice(engine, container);
  const restarted = new AbortController();
  const isHere = (one: { readonly container: string }) => one.container === container;
  const nodes = chosen.nodes.filter(isHere);
  const followNodes = async () => {
    const { requested } = chosen;
    const following = { requested, signal, changeOf, onEntries: context.onNodeEntries };
    await followNodeLogs(engine, container, nodes, { ...following, collector: entryCollector({ onDropped }) });
    // The engine continues with the log of the restarted slice.
    if ((await changeOf()) === 'restarted') restarted.abort();
  };
  const followSlice = (slice: LoggedSlice) => {
    const skip = sliceLines[chosen.slices.indexOf(slice)] ?? 0;
    const either = AbortSignal.any([signal, restarted.signal]);
    return followSliceLog(engine, slice, { signal: either, skip, onEntries: context.onSliceEntries });
  };
  await Promise.all([...(nodes.length === 0 ? [] : [followNodes()]), ...chosen.slices.filter(isHere).map(followSlice)]);
  if (signal.aborted) return;
  report({
    type: 'notice',
    message: `cluster ${cluster} was ${(await changeOf(1000)) ?? 'stopped'}; its logs end here`,
  });
}
