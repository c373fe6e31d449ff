import { posix } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough, type Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { readEntries } from '../../archive/tar.ts';
import type { Engine } from '../../engine/engine.ts';
import { EngineError, SliceError } from '../../errors.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { parseShape, type Shape } from '../../shape.ts';
import type { ChangeOf } from '../availability.ts';
import { entryCollector, type LogEntry, sliceEntries } from './log-entries.ts';
import { matchesLog, logDirectory, logName } from './log-names.ts';

export interface LoggedNode {
  /** full name */
  readonly name: string;
  readonly container: string;
  readonly directory: string;
}

/** Reads the logs of nodes, sorted by time.  The nodes can be stopped. */
export async function readNodeLogs(
  engine: Engine,
  nodes: readonly LoggedNode[],
  { requested, signal }: { readonly requested: string | undefined; readonly signal: AbortSignal },
): Promise<readonly LogEntry[]> {
  const collector = entryCollector();
  for (const { name: node, container, directory } of nodes) {
    const path = logDirectory(directory);
    // A new node can lack its log directory.
    if ((await engine.inspectPath(container, path)) === undefined) continue;
    for await (const { name, body } of readEntries(await engine.readArchive(container, `${path}/.`, signal))) {
      const log = logName(name.replace(/^(\.\/)+/, ''));
      if (body === undefined || !name.endsWith('.log') || !matchesLog(log, requested)) body?.resume();
      else collector.add({ node, log }, await linesOf(body));
    }
  }
  return collector.take();
}

/** A slice's own log. */
export interface LoggedSlice {
  readonly container: string;
  /** see `sliceEntries` */
  readonly log: string;
}

export async function readSliceLog(engine: Engine, { container, log }: LoggedSlice): Promise<readonly LogEntry[]> {
  const toEntry = sliceEntries(log);
  const entries: LogEntry[] = [];
  for await (const { text: line } of engine.followLogs(container, { follow: false })) entries.push(toEntry(line));
  return entries;
}

async function linesOf(body: Readable): Promise<readonly string[]> {
  const lines = (await text(body)).split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

export interface Following {
  readonly requested: string | undefined;
  readonly signal: AbortSignal;
  readonly changeOf: ChangeOf;
  /** Called once with the existing entries, possibly none, and then with new ones. */
  readonly onEntries: (entries: readonly LogEntry[]) => void;
}

/** Follows the logs of the nodes in one container until its slice ends or the signal aborts. */
export async function followNodeLogs(
  engine: Engine,
  container: string,
  nodes: readonly LoggedNode[],
  { signal, changeOf, ...following }: Following,
): Promise<void> {
  const output = new PassThrough();
  const errors: string[] = [];
  const stderr = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      errors.push(chunk.toString());
      done();
    },
  });
  const reading = readRounds(output, nodes, following);
  const argv = [slicePaths.program, 'follow', ...nodes.map(({ directory }) => logDirectory(directory))];
  // Nothing is written to stdin, but it closes when this process ends, and then the slice's program ends, too.
  const streams = { stdin: new PassThrough(), stdout: output, stderr };
  try {
    const status = await engine.exec(container, { argv, signal }, streams);
    if ((await changeOf(1000)) !== undefined) return;
    throw new SliceError(`container ${container} cannot follow its logs (exit status ${status})`, { output: errors });
  } catch (error) {
    if (!(error instanceof EngineError) || (await changeOf()) === undefined) throw error;
  } finally {
    output.end();
    await reading;
  }
}

interface FollowedRecord {
  readonly file?: string;
  readonly lines?: readonly string[];
}

const recordShape = { 'file?': 'string', 'lines?': ['string'] } satisfies Shape;

function parseRecord(line: string): FollowedRecord {
  const record = parseShape(line, recordShape);
  return 'problem' in record ? { file: '' } : (record.value as FollowedRecord);
}

async function readRounds(
  output: PassThrough,
  nodes: readonly LoggedNode[],
  { requested, onEntries }: Pick<Following, 'requested' | 'onEntries'>,
): Promise<void> {
  const collector = entryCollector();
  for await (const line of createInterface({ input: output, crlfDelay: Infinity })) {
    const { file, lines = [] } = parseRecord(line);
    if (file === undefined) onEntries(collector.take());
    else {
      const node = nodes.find(({ directory }) => file.startsWith(`${logDirectory(directory)}/`));
      const log = logName(posix.relative(logDirectory(node?.directory ?? ''), file));
      if (matchesLog(log, requested)) collector.add({ node: node?.name, log }, lines);
    }
  }
}

export interface FollowingSlice extends Pick<Following, 'signal' | 'onEntries'> {
  /** number of lines to skip, because they have been read already */
  readonly skip: number;
}

/** Follows the log of the slice's own program until it stops or the signal aborts. */
export async function followSliceLog(
  engine: Engine,
  { container, log }: LoggedSlice,
  { signal, onEntries, skip }: FollowingSlice,
): Promise<void> {
  const toEntry = sliceEntries(log);
  let count = 0;
  for await (const { text } of engine.followLogs(container, { follow: true, signal })) {
    const entry = toEntry(text);
    count += 1;
    if (count > skip) onEntries([entry]);
  }
}
