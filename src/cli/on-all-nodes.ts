import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { execOnAll, type ExecAll, type NodeOutput } from '../cluster/exec-all.ts';
import type { AbsentNode, ExecTarget, ExecTargets } from '../cluster/exec-target.ts';
import { OutputClosedError } from '../errors.ts';
import type { CliContext } from './context.ts';
import { nodePrefixes } from './node-prefixes.ts';
import { prefixedLines } from './prefixed-lines.ts';

type Targets = readonly ExecTarget[];

interface OnAll extends Pick<ExecAll, 'command'> {
  /** whether colours are welcome on terminals */
  readonly color: boolean;
}

/** Runs a command on all nodes, and prints what comes, line by line.  Resolves to the highest exit status. */
export async function linesFromAll(context: CliContext, targets: Targets, { command, color }: OnAll): Promise<number> {
  const { stdout, stderr, terminal } = context;
  const prefixes = [terminal.stdout, terminal.stderr].map((drawn) => nodePrefixes(targets, color && drawn));
  const [outPrefix = new Map<ExecTarget, string>(), errPrefix = outPrefix] = prefixes;
  const open = (target: ExecTarget): NodeOutput => {
    const streams = {
      stdout: prefixedLines(stdout, outPrefix.get(target) ?? ''),
      stderr: prefixedLines(stderr, errPrefix.get(target) ?? ''),
    };
    return { ...streams, close: () => closeAll(Object.values(streams)) };
  };
  // A write that fails is told twice: to its callback, and as an event, which must not end us before the commands.
  for (const stream of [stdout, stderr]) stream.on('error', ignore);
  try {
    const statuses = await execOnAll(await context.engine(), targets, { command, open, signals: context.signals });
    tellFailures(context, targets, statuses);
    for (const stream of [stdout, stderr]) stream.off('error', ignore);
    return Math.max(0, ...statuses);
  } catch (error) {
    if (error instanceof OutputClosedError) return error.exitCode;
    throw error;
  }
}

/** What a node counts as that nothing can be run on. */
export const absentStatus = 125;

/** Says which nodes are left out, and why. */
export function tellAbsent({ report }: CliContext, absent: readonly AbsentNode[]): void {
  for (const problem of new Set(absent.map((node) => node.problem))) {
    const names = absent.filter((node) => node.problem === problem).map((node) => node.names.at(-1) ?? '');
    report({ type: 'warning', message: `left out: ${names.join(', ')}: ${problem}` });
  }
}

/** The same, but prints all of it at the end, as JSON. */
export async function jsonFromAll(
  context: CliContext,
  { targets, absent }: ExecTargets,
  { command }: OnAll,
): Promise<number> {
  const outputs = new Map<ExecTarget, Promise<[stdout: string, stderr: string]>>();
  const open = (target: ExecTarget): NodeOutput => {
    const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
    outputs.set(target, Promise.all([text(streams.stdout), text(streams.stderr)]));
    return { ...streams, close: () => closeAll(Object.values(streams)) };
  };
  const statuses = await execOnAll(await context.engine(), targets, { command, open, signals: context.signals });
  const results = targets.map(async (target, index) => {
    const [stdout, stderr] = (await outputs.get(target)) ?? ['', ''];
    return { node: target.names[0], status: statuses[index], stdout, stderr };
  });
  const others = absent.map(({ names, problem }) => ({
    node: names[0],
    status: absentStatus,
    stdout: '',
    stderr: problem,
  }));
  await context.print(JSON.stringify([...(await Promise.all(results)), ...others], null, 2));
  return Math.max(0, ...statuses);
}

async function closeAll(streams: readonly NodeJS.WritableStream[]): Promise<void> {
  for (const stream of streams) stream.end();
  await Promise.all(streams.map((stream) => finished(stream, { readable: false }))).catch((cause: unknown) => {
    throw new OutputClosedError('nobody reads the output any more', { cause });
  });
}

const ignore = () => undefined;

/** `exit status 1: node3, node7; 2: node9` */
function tellFailures({ report }: CliContext, targets: Targets, statuses: readonly number[]): void {
  const failures = new Map<number, string[]>();
  statuses.forEach((status, index) => {
    const name = targets[index]?.names.at(-1) ?? '';
    if (status !== 0) failures.set(status, [...(failures.get(status) ?? []), name]);
  });
  if (failures.size === 0) return;
  const parts = [...failures].sort(([a], [b]) => a - b).map(([status, names]) => `${status}: ${names.join(', ')}`);
  report({ type: 'notice', message: `exit status ${parts.join('; ')}` });
}
