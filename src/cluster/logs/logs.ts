import type { ContainerSummary, Engine } from '../../engine/engine.ts';
import { NotFoundError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import { sliceNumber } from '../../plan/labels.ts';
import { nodeDirectory } from '../../plan/slice-paths.ts';
import type { Plan, PlannedNode } from '../../plan/plan.ts';
import { type Cluster, findCluster } from '../find.ts';
import { describeMissing, type MissingSlice } from '../fleet/missing.ts';
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
  /** node and daemon; one alone may be either */
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
 * What was logged, in order; and with `follow` what is logged from now on, until the slice stops or the signal aborts.
 *
 * @throws {NotFoundError} when there is no such cluster, node or log, or a cluster that is to be followed does not run
 */
export async function showLogs(engine: Engine, request: LogsRequest, context: LogsContext): Promise<void> {
  const cluster = await findCluster(engine, request.cluster);
  const plan = await readPlan(engine, cluster);
  const chosen = choose(plan, request.follow ? awake(cluster) : cluster, request.words);
  for (const missing of chosen.missing) {
    context.report({ type: 'warning', message: `its logs are left out: ${describeMissing(missing)}` });
  }
  const sliceLogs = await Promise.all(chosen.slices.map((slice) => readSliceLog(engine, slice)));
  if (request.follow) {
    await followAll(engine, request, { ...context, chosen, sliceLogs });
    return;
  }
  const entries = await readNodeLogs(engine, chosen.nodes, { asked: chosen.asked, signal: context.signal });
  refuseUnknown(chosen, entries);
  context.onEntries(select(sort([...sliceLogs.flat(), ...entries]), request));
}

interface Chosen {
  readonly nodes: readonly LoggedNode[];
  /** whose own logs are wanted */
  readonly slices: readonly LoggedSlice[];
  /** what was wanted, too */
  readonly missing: readonly MissingSlice[];
  /** which log; `undefined` for all */
  readonly asked: string | undefined;
}

function choose(plan: Plan, cluster: Cluster, words: readonly string[]): Chosen {
  const { node, asked } = toNodeAndLog(plan, words);
  const place = (one: PlannedNode, { name: container }: { readonly name: string }): LoggedNode => {
    return { name: one.names[0] ?? '', container, directory: nodeDirectory(plan, one) };
  };
  const { slices, missing, hosts } = cluster;
  const toLogged = (slice: ContainerSummary): LoggedSlice => {
    return { container: slice.name, log: hosts === undefined ? sliceLog : `${sliceLog}${sliceNumber(slice)}` };
  };
  if (node !== undefined) {
    const found = findNode(plan, node);
    const slice = sliceOf(cluster, found);
    if (asked === sliceLog) return { nodes: [], slices: [toLogged(slice)], missing: [], asked };
    return { nodes: [place(found, slice)], slices: [], missing: [], asked };
  }
  const own = slices.map(toLogged);
  if (asked === sliceLog) return { nodes: [], slices: own, missing, asked };
  const nodes = plan.nodes.flatMap((one) => {
    const slice = slices.find((there) => sliceNumber(there) === one.slice);
    return slice === undefined ? [] : [place(one, slice)];
  });
  return { nodes, slices: asked === undefined ? own : [], missing, asked };
}

/** What can be followed of it: the slices that run. */
function awake(cluster: Cluster): Cluster {
  requireSome(cluster);
  const [first, ...others] = cluster.slices.filter(({ state }) => state === 'running');
  return first === undefined ? cluster : { ...cluster, slices: [first, ...others] };
}

/** One word alone is a node if there is one of that name, else maybe a log. */
function toNodeAndLog(plan: Plan, [first, second]: readonly string[]) {
  const isNode = plan.nodes.some(({ names }) => first !== undefined && names.includes(first));
  const alone = first !== undefined && second === undefined && !isNode && knownLogs.includes(plainName(first));
  return alone ? { node: undefined, asked: first } : { node: first, asked: second };
}

function sort(entries: readonly LogEntry[]): readonly LogEntry[] {
  return entries.toSorted((a, b) => (a.time ?? 0) - (b.time ?? 0));
}

function refuseUnknown({ asked }: Chosen, entries: readonly LogEntry[]): void {
  if (asked === undefined || entries.length > 0 || knownLogs.includes(plainName(asked))) return;
  throw new NotFoundError(`there is no log ${asked}`, { hint: `there is: ${knownLogs.join(', ')}` });
}

interface FollowContext extends LogsContext {
  readonly chosen: Chosen;
  readonly sliceLogs: readonly (readonly LogEntry[])[];
}

/** What there was comes first, all of it in one order; so nothing else is shown before the first round of every container. */
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
    await followNodeLogs(engine, host, nodes, { asked: chosen.asked, signal, onEntries: take });
  };
  const followSlice = (slice: LoggedSlice, index: number) =>
    followSliceLog(engine, slice, { signal, skip: sliceLogs[index]?.length ?? 0, onEntries: show });
  await Promise.all([...hosts.map(followHost), ...chosen.slices.map(followSlice)]);
}
