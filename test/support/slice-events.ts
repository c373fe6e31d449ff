import { parseSliceEvent, type SliceEvent as Parsed } from '../../src/cluster/up/slice-event.ts';
import type { Engine } from '../../src/engine/engine.ts';

export type SliceEvent = Parsed & Readonly<Record<string, unknown>>;

/**
 * Follows a slice's log, from its last start on, until an event of that type comes.
 *
 * @param type left out: all that the log has, of every start
 * @throws when the slice fails or ends before
 */
export async function untilEvent(
  engine: Engine,
  container: string,
  type: string | undefined,
  step?: string,
): Promise<readonly SliceEvent[]> {
  const details = await engine.inspectContainer(container);
  const since = type === undefined ? 0 : Date.parse(details?.startedAt ?? '') / 1000;
  const stop = new AbortController();
  const events: SliceEvent[] = [];
  const follow = type !== undefined;
  for await (const { text } of engine.followLogs(container, { follow, since, signal: stop.signal })) {
    const event = parseSliceEvent(text) ?? { type: 'strange', text };
    events.push({ ...event });
    const found = event.type === type && (step === undefined || event.step === step);
    if (found || (follow && event.type === 'failed')) stop.abort();
    if (found) return events;
  }
  if (!follow) return events;
  throw new Error(`${container} did not come to ${type}:\n${events.map((event) => JSON.stringify(event)).join('\n')}`);
}
