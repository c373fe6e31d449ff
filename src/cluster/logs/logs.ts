import type { Engine } from '../../engine/engine.ts';
import { NotFoundError } from '../../errors.ts';
import { label } from '../../plan/labels.ts';
import { nodeDirectory } from '../../plan/node-directory.ts';
import type { Plan } from '../../plan/plan.ts';
import { type Cluster, findCluster } from '../find.ts';
import { findNode, readPlan } from '../living-plan.ts';
import { requireRunning } from '../require-running.ts';
import { followNodeLogs, followSliceLog } from './follow-logs.ts';
import { type LogEntry, select, type Selection } from './log-entries.ts';
import { knownLogs, plainName, sliceLog } from './log-names.ts';
import { type LoggedNode, readNodeLogs, readSliceLog } from './read-logs.ts';

export interface LogsRequest extends Selection {
  readonly cluster: string | undefined;
  /** node and daemon; one alone may be either */
  readonly words: readonly string[];
  readonly follow: boolean;
}

export interface LogsContext {
  /** aborts when the user interrupts */
  readonly signal: AbortSignal;
  readonly onEntries: (entries: readonly LogEntry[]) => void;
}

/**
 * What was logged, in order; and with `follow` what is logged from now on, until the slice stops or the signal aborts.
 *
 * @throws {NotFoundError} when there is no such cluster, node or log, or a cluster that is to be followed does not run
 */
export async function showLogs(engine: Engine, request: LogsRequest, context: LogsContext): Promise<void> {
  const cluster = await findCluster(engine, request.cluster);
  const chosen = choose(await readPlan(engine, cluster), cluster, request.words);
  if (request.follow) requireRunning(cluster);
  const containers = chosen.slice ? cluster.slices.map(({ name }) => name) : [];
  const sliceLogs = await Promise.all(containers.map((container) => readSliceLog(engine, container)));
  if (request.follow) {
    await followAll(engine, request, { ...context, chosen, containers, sliceLogs });
    return;
  }
  const entries = await readNodeLogs(engine, chosen.nodes, { asked: chosen.asked, signal: context.signal });
  refuseUnknown(chosen, entries);
  context.onEntries(select(sort([...sliceLogs.flat(), ...entries]), request));
}

interface Chosen {
  readonly nodes: readonly LoggedNode[];
  /** whether the log of the slice's program is wanted */
  readonly slice: boolean;
  /** which log; `undefined` for all */
  readonly asked: string | undefined;
}

function choose(plan: Plan, cluster: Cluster, words: readonly string[]): Chosen {
  const { node, asked } = toNodeAndLog(plan, words);
  if (asked === sliceLog) return { nodes: [], slice: true, asked };
  const nodes = node === undefined ? plan.nodes : [findNode(plan, node)];
  const places = nodes.map((one) => ({
    name: one.names[0] ?? '',
    container: containerOf(cluster, one.slice),
    directory: nodeDirectory(plan, one),
  }));
  return { nodes: places, slice: node === undefined && asked === undefined, asked };
}

/** One word alone is a node if there is one of that name, else maybe a log. */
function toNodeAndLog(plan: Plan, [first, second]: readonly string[]) {
  const isNode = plan.nodes.some(({ names }) => first !== undefined && names.includes(first));
  const alone = first !== undefined && second === undefined && !isNode && knownLogs.includes(plainName(first));
  return alone ? { node: undefined, asked: first } : { node: first, asked: second };
}

function containerOf({ slices }: Cluster, number: number): string {
  return slices.find(({ labels }) => Number(labels[label.slice] ?? 1) === number)?.name ?? slices[0].name;
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
  readonly containers: readonly string[];
  readonly sliceLogs: readonly (readonly LogEntry[])[];
}

/** What there was comes first, all of it in one order; so nothing else is shown before the first round of every container. */
async function followAll(engine: Engine, request: LogsRequest, context: FollowContext): Promise<void> {
  const { chosen, containers, sliceLogs, signal, onEntries } = context;
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
  const followSlice = (container: string, index: number) =>
    followSliceLog(engine, container, { signal, skip: sliceLogs[index]?.length ?? 0, onEntries: show });
  await Promise.all([...hosts.map(followHost), ...containers.map(followSlice)]);
}
