import { posix } from 'node:path';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { readEntries } from '../../archive/tar.ts';
import type { Engine } from '../../engine/engine.ts';
import { EngineError, SliceError } from '../../errors.ts';
import { keepLast, lineSplitter, lineStream } from '../../lines.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { parseShape, type Shape } from '../../shape.ts';
import type { ChangeOf } from '../availability.ts';
import type { EntryCollector } from './entry-collector.ts';
import { type LogEntry, sliceEntries } from './log-entries.ts';
import { matchesLog, logDirectory, logName } from './log-names.ts';

export interface LoggedNode {
  /** full name */
  readonly name: string;
  readonly container: string;
  readonly directory: string;
}

export interface NodeLogs {
  readonly requested: string | undefined;
  readonly signal: AbortSignal;
  readonly collector: EntryCollector;
}

/**
 * Reads the logs of nodes.  The nodes can be stopped.
 *
 * @returns whether they have any lines
 */
export async function readNodeLogs(
  engine: Engine,
  nodes: readonly LoggedNode[],
  { requested, signal, collector }: NodeLogs,
): Promise<boolean> {
  let found = false;
  for (const { name: node, container, directory } of nodes) {
    const path = logDirectory(directory);
    // A new node can lack its log directory.
    if ((await engine.inspectPath(container, path)) === undefined) continue;
    for await (const { name, body } of readEntries(await engine.readArchive(container, `${path}/.`, signal))) {
      const log = logName(name.replace(/^(\.\/)+/, ''));
      if (body === undefined || !name.endsWith('.log') || !matchesLog(log, requested)) body?.resume();
      else
        await eachLines(body, (lines) => {
          collector.add({ node, log }, lines);
          found ||= lines.length > 0;
        });
    }
  }
  return found;
}

async function eachLines(body: AsyncIterable<Buffer>, take: (lines: readonly string[]) => void): Promise<void> {
  const splitter = lineSplitter();
  for await (const chunk of body) take(splitter.push(chunk));
  take(splitter.end());
}

/** A slice's own log. */
export interface LoggedSlice {
  readonly container: string;
  /** see `sliceEntries` */
  readonly log: string;
}

/** @returns the number of its lines */
export async function readSliceLog(
  engine: Engine,
  { container, log }: LoggedSlice,
  collector: EntryCollector,
): Promise<number> {
  const toEntry = sliceEntries(log);
  let count = 0;
  for await (const { text } of engine.followLogs(container, { follow: false })) {
    collector.addEntry(toEntry(text));
    count += 1;
  }
  return count;
}

export interface Following {
  readonly requested: string | undefined;
  readonly signal: AbortSignal;
  readonly changeOf: ChangeOf;
  /** for the entries of a round */
  readonly collector: EntryCollector;
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
  const output = lineStream(roundReader(nodes, following));
  const errors: string[] = [];
  const stderr = lineStream((line) => {
    keepLast(errors, line, 10);
  });
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
    await finished(output.end());
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

function roundReader(
  nodes: readonly LoggedNode[],
  { requested, onEntries, collector }: Pick<Following, 'requested' | 'onEntries' | 'collector'>,
): (line: string) => void {
  return (line) => {
    const { file, lines = [] } = parseRecord(line);
    if (file === undefined) onEntries(collector.take());
    else {
      const node = nodes.find(({ directory }) => file.startsWith(`${logDirectory(directory)}/`));
      const log = logName(posix.relative(logDirectory(node?.directory ?? ''), file));
      if (matchesLog(log, requested)) collector.add({ node: node?.name, log }, lines);
    }
  };
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
