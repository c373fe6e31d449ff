import { posix } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { createInterface } from 'node:readline';
import type { Engine } from '../../engine/engine.ts';
import { EngineError, SliceError } from '../../errors.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { entryCollector, type LogEntry } from './log-entries.ts';
import { isAsked, logDirectory, logName } from './log-names.ts';
import type { LoggedNode, LoggedSlice } from './read-logs.ts';
import { sliceEntries } from './slice-log.ts';

export interface Following {
  readonly asked: string | undefined;
  readonly signal: AbortSignal;
  /** Is given what was there at first (once, maybe nothing), then what comes. */
  readonly onEntries: (entries: readonly LogEntry[]) => void;
}

/** Follows the logs of nodes that are in one container, until it stops or the signal aborts. */
export async function followNodeLogs(
  engine: Engine,
  container: string,
  nodes: readonly LoggedNode[],
  following: Following,
): Promise<void> {
  const output = new PassThrough();
  const complaints: string[] = [];
  const stderr = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      complaints.push(chunk.toString());
      done();
    },
  });
  const reading = readRounds(output, nodes, following);
  const argv = [slicePaths.program, 'follow', ...nodes.map(({ directory }) => logDirectory(directory))];
  // Nothing is ever written to its stdin, but it ends with us, and by that the program knows.
  const streams = { stdin: new PassThrough(), stdout: output, stderr };
  try {
    const status = await engine.exec(container, { argv, signal: following.signal }, streams);
    if (status !== 0 && (await engine.inspectContainer(container))?.state === 'running') {
      throw new SliceError(`container ${container} cannot follow its logs (status ${status})`, { output: complaints });
    }
  } catch (error) {
    const gone = (await engine.inspectContainer(container).catch(() => undefined))?.state !== 'running';
    if (!(error instanceof EngineError) || !gone) throw error;
  } finally {
    output.end();
  }
  await reading;
}

interface FollowedRecord {
  readonly file?: string;
  readonly lines?: readonly string[];
}

async function readRounds(
  output: PassThrough,
  nodes: readonly LoggedNode[],
  { asked, onEntries }: Following,
): Promise<void> {
  const collector = entryCollector();
  for await (const line of createInterface({ input: output, crlfDelay: Infinity })) {
    const { file, lines = [] } = JSON.parse(line) as FollowedRecord;
    if (file === undefined) onEntries(collector.take());
    else {
      const node = nodes.find(({ directory }) => file.startsWith(`${logDirectory(directory)}/`));
      const log = logName(posix.relative(logDirectory(node?.directory ?? ''), file));
      if (isAsked(log, asked)) collector.add({ node: node?.name, log }, lines);
    }
  }
}

export interface FollowingSlice extends Omit<Following, 'asked'> {
  /** lines that are known already */
  readonly skip: number;
}

/** Follows the log of the slice's own program, until it stops or the signal aborts. */
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
