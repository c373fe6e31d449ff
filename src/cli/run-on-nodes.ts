import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { type ExecAll, execOnAll, type NodeOutput } from '../cluster/exec-all.ts';
import type { AbsentNode, ExecTargets } from '../cluster/exec-target.ts';
import { execOnNode, type ExecTarget } from '../cluster/exec.ts';
import type { ExecCommand, ExecStreams } from '../engine/engine.ts';
import type { CliContext } from './context.ts';
import { nodePrefixes, prefixedLines } from './node-lines.ts';

interface NodeCommand extends Pick<ExecCommand, 'argv' | 'env' | 'cwd'> {
  /** allocate a terminal for the command; requires that stdout is a terminal */
  readonly tty: boolean;
  /** pass stdin to the command */
  readonly interactive: boolean;
}

/** Runs a command on a node with the process's streams, signals and terminal.  Resolves to its exit status. */
export async function runOnNode(context: CliContext, target: ExecTarget, command: NodeCommand): Promise<number> {
  const { tty, interactive, ...rest } = command;
  const engine = await context.engine();
  const size = tty ? context.terminal.size() : undefined;
  const sized = { ...rest, tty, ...(size !== undefined && { size }) };
  const run = () => execOnNode(engine, target, sized, streamsFor(context, command), context.signals);
  return tty && interactive ? inRawMode(context, run) : run();
}

function streamsFor({ stdin, stdout, stderr, terminal }: CliContext, { interactive, tty }: NodeCommand): ExecStreams {
  return {
    stdout,
    stderr,
    ...(interactive && { stdin: stdin() }),
    ...(tty && { onResize: terminal.onResize }),
  };
}

/** Passes every key to the command, including Ctrl-C. */
async function inRawMode<T>({ terminal }: CliContext, run: () => Promise<T>): Promise<T> {
  terminal.setRawMode(true);
  try {
    return await run();
  } finally {
    terminal.setRawMode(false);
  }
}

type Targets = readonly ExecTarget[];

interface AllNodesCommand extends Pick<ExecAll, 'command'> {
  /** whether colors are allowed on terminals */
  readonly color: boolean;
}

/** Runs a command on all nodes and prints its output line by line.  Resolves to the highest exit status. */
export async function linesFromAll(
  context: CliContext,
  targets: Targets,
  { command, color }: AllNodesCommand,
): Promise<number> {
  const { stdout, stderr, terminal } = context;
  const prefix = nodePrefixes(targets);
  const open = (target: ExecTarget): NodeOutput => {
    const streams = {
      stdout: prefixedLines(stdout, prefix(target, color && terminal.stdout)),
      stderr: prefixedLines(stderr, prefix(target, color && terminal.stderr), 'stderr'),
    };
    return { ...streams, close: () => closeAll(Object.values(streams)) };
  };
  // A failed write reports twice: to its callback, and as an event, which must not end the process before the commands.
  stdout.on('error', ignore);
  const statuses = await execOnAll(await context.engine(), targets, { command, open, signals: context.signals });
  reportFailures(context, targets, statuses);
  stdout.off('error', ignore);
  return Math.max(0, ...statuses);
}

/** Exit status for a node that cannot be reached. */
export const absentStatus = 125;

/** Warns about nodes that cannot be reached. */
export function warnAbsent({ report }: CliContext, absent: readonly AbsentNode[]): void {
  for (const problem of new Set(absent.map((node) => node.problem))) {
    const names = absent.filter((node) => node.problem === problem).map((node) => node.names.at(-1) ?? '');
    report({ type: 'warning', message: `skipping ${names.join(', ')}: ${problem}` });
  }
}

/** Runs a command on all nodes and prints all output at the end, as JSON. */
export async function jsonFromAll(
  context: CliContext,
  { targets, absent }: ExecTargets,
  { command }: AllNodesCommand,
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
  const unreachable = absent.map(({ names, problem }) => ({
    node: names[0],
    status: absentStatus,
    stdout: '',
    stderr: problem,
  }));
  await context.print(JSON.stringify([...(await Promise.all(results)), ...unreachable], null, 2));
  return Math.max(0, ...statuses);
}

async function closeAll(streams: readonly NodeJS.WritableStream[]): Promise<void> {
  for (const stream of streams) stream.end();
  await Promise.all(streams.map((stream) => finished(stream, { readable: false })));
}

const ignore = () => undefined;

/** `exit status 1: node3, node7; 2: node9` */
function reportFailures({ report }: CliContext, targets: Targets, statuses: readonly number[]): void {
  const failures = new Map<number, string[]>();
  statuses.forEach((status, index) => {
    const name = targets[index]?.names.at(-1) ?? '';
    if (status !== 0) failures.set(status, [...(failures.get(status) ?? []), name]);
  });
  if (failures.size === 0) return;
  const parts = [...failures].sort(([a], [b]) => a - b).map(([status, names]) => `${status}: ${names.join(', ')}`);
  report({ type: 'notice', message: `exit status ${parts.join('; ')}` });
}
