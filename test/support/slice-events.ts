import { parseSliceEvent, type SliceEvent as Parsed } from '../../src/cluster/up/boot-progress.ts';
import type { Engine } from '../../src/engine/engine.ts';

export type SliceEvent = Parsed & Readonly<Record<string, unknown>>;

/** All events in a slice's log, of all its starts. A line that is not an event has type `strange`. */
export async function readEvents(engine: Engine, container: string): Promise<readonly SliceEvent[]> {
  const events: SliceEvent[] = [];
  for await (const { text } of engine.followLogs(container, { follow: false })) events.push(asEvent(text));
  return events;
}

/**
 * Follows a slice's log, from its last start on, until it has an event of that type (and step).
 * @throws if the slice fails or ends first
 */
export async function untilEvent(
  engine: Engine,
  container: string,
  wanted: { readonly type: string; readonly step?: string | undefined },
): Promise<readonly SliceEvent[]> {
  const details = await engine.inspectContainer(container);
  const since = Date.parse(details?.startedAt ?? '') / 1000;
  const stop = new AbortController();
  const events: SliceEvent[] = [];
  for await (const { text } of engine.followLogs(container, { follow: true, since, signal: stop.signal })) {
    const event = asEvent(text);
    events.push(event);
    if (event.type === wanted.type && (wanted.step ?? event.step) === event.step) {
      stop.abort();
      return events;
    }
    if (event.type === 'failed') break;
  }
  const told = events.map((event) => JSON.stringify(event)).join('\n');
  throw new Error(`${container} did not report ${wanted.type}:\n${told}`);
}

/** Waits until a container has ended. */
export async function untilEnded(engine: Engine, container: string): Promise<void> {
  const lines = engine.followLogs(container, { follow: true, tail: 0 })[Symbol.asyncIterator]();
  while ((await lines.next()).done !== true);
}

function asEvent(text: string): SliceEvent {
  return { ...(parseSliceEvent(text) ?? { type: 'strange', text }) };
}
