import { PassThrough, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { styleText } from 'node:util';
import { type ExecAll, execOnAll, type NodeOutput } from '../cluster/exec-all.ts';
import type { AbsentNode, ExecTargets } from '../cluster/exec-target.ts';
import { execOnNode, type ExecTarget } from '../cluster/exec.ts';
import type { ExecCommand, ExecStreams } from '../engine/engine.ts';
import { OutputClosedError } from '../errors.ts';
import type { CliContext } from './context.ts';

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
    ...(interactive && { stdin }),
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
  const prefixes = [terminal.stdout, terminal.stderr].map((drawn) => nodePrefixes(targets, color && drawn));
  const [outPrefix = new Map<ExecTarget, string>(), errPrefix = outPrefix] = prefixes;
  const open = (target: ExecTarget): NodeOutput => {
    const streams = {
      stdout: prefixedLines(stdout, outPrefix.get(target) ?? ''),
      stderr: prefixedLines(stderr, errPrefix.get(target) ?? ''),
    };
    return { ...streams, close: () => closeAll(Object.values(streams)) };
  };
  // A failed write reports twice: to its callback, and as an event, which must not end the process before the commands.
  for (const stream of [stdout, stderr]) stream.on('error', ignore);
  try {
    const statuses = await execOnAll(await context.engine(), targets, { command, open, signals: context.signals });
    reportFailures(context, targets, statuses);
    for (const stream of [stdout, stderr]) stream.off('error', ignore);
    return Math.max(0, ...statuses);
  } catch (error) {
    if (error instanceof OutputClosedError) return error.exitCode;
    throw error;
  }
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
  await Promise.all(streams.map((stream) => finished(stream, { readable: false }))).catch((cause: unknown) => {
    throw new OutputClosedError('the output was closed', { cause });
  });
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

const lineEnd = 0x0a;
/** Longer lines are split. */
const maxLineBytes = 2 ** 20;

/**
 * A stream that writes whole lines to another one, each after a prefix, so that lines of several streams do not mix.
 * The last line need not end with a line feed.  The target is left open.
 */
export function prefixedLines(target: NodeJS.WritableStream, prefix: string): Writable {
  const prefixBytes = Buffer.from(prefix);
  let rest = Buffer.alloc(0);
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      const all = Buffer.concat([rest, chunk]);
      const end = all.length < maxLineBytes ? all.lastIndexOf(lineEnd) + 1 : all.length;
      rest = all.subarray(end);
      if (end === 0) done();
      else target.write(prefixed(all.subarray(0, end), prefixBytes), done);
    },
    final: (done) => {
      if (rest.length === 0) done();
      else target.write(prefixed(rest, prefixBytes), done);
    },
  });
}

function prefixed(text: Buffer, prefix: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let start = 0; start < text.length;) {
    const end = text.indexOf(lineEnd, start);
    const line = text.subarray(start, end === -1 ? text.length : end);
    parts.push(prefix, line, Buffer.of(lineEnd));
    start += line.length + 1;
  }
  return Buffer.concat(parts);
}

/** Prefixes for the output of several nodes: the short name of each, padded to one width. */
function nodePrefixes(targets: readonly ExecTarget[], color: boolean): ReadonlyMap<ExecTarget, string> {
  const names = targets.map((target) => target.names.at(-1) ?? '');
  const width = Math.max(0, ...names.map((name) => name.length));
  return new Map(
    targets.map((target, index) => {
      const prefix = `${(names[index] ?? '').padEnd(width)} |`;
      return [target, `${color ? colorNode(index, prefix) : prefix} `];
    }),
  );
}

/** Red is left out: it would look like an error. */
const colors = [
  ...(['cyan', 'yellow', 'green', 'magenta', 'blue'] as const),
  ...(['cyanBright', 'yellowBright', 'greenBright', 'magentaBright', 'blueBright'] as const),
];

/** Colors text by the number of its node. */
export function colorNode(index: number, text: string): string {
  return styleText(colors[index % colors.length] ?? 'cyan', text, { validateStream: false });
}
