import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { readEntries } from '../../archive/read-entries.ts';
import type { Engine } from '../../engine/engine.ts';
import { entryCollector, type LogEntry } from './log-entries.ts';
import { isAsked, logDirectory, logName } from './log-names.ts';
import { sliceEntries } from './slice-log.ts';

export interface LoggedNode {
  /** full name */
  readonly name: string;
  readonly container: string;
  readonly directory: string;
}

/** All that is in the logs of some nodes, in the order in which it was logged; they need not run. */
export async function readNodeLogs(
  engine: Engine,
  nodes: readonly LoggedNode[],
  { asked, signal }: { readonly asked: string | undefined; readonly signal: AbortSignal },
): Promise<readonly LogEntry[]> {
  const collector = entryCollector();
  for (const { name: node, container, directory } of nodes) {
    const path = logDirectory(directory);
    // One that was just made may not have its directory yet.
    if ((await engine.inspectPath(container, path)) === undefined) continue;
    for await (const { name, body } of readEntries(await engine.readArchive(container, `${path}/.`, signal))) {
      const log = logName(name.replace(/^(\.\/)+/, ''));
      if (body === undefined || !name.endsWith('.log') || !isAsked(log, asked)) body?.resume();
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
