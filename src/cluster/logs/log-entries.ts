import { parseSliceEvent, type SliceEvent } from '../up/slice-event.ts';

/** Something that was logged at a time, with all the lines that belong to it: a traceback stays whole. */
export interface LogEntry {
  /** milliseconds since the epoch; `undefined` when neither its line nor any before it says */
  readonly time: number | undefined;
  /** full name; `undefined` for the slice's own log */
  readonly node: string | undefined;
  /** see `logName` */
  readonly log: string;
  readonly lines: readonly string[];
}

/** Ganeti's, in UTC as a slice's clock is: `2024-05-17 08:11:00,127: ` of its Python, `...,360187328000 UTC: ` of its Haskell. */
const ganetiStamp = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:,(\d{3})\d*)?(?: UTC)?: /;

/** When a line was logged; `undefined` when it does not begin with a time: then it goes on what was logged before. */
export function timeOf(line: string): number | undefined {
  const [, date, time, ms = '000'] = ganetiStamp.exec(line) ?? [];
  return date === undefined || time === undefined ? undefined : Date.parse(`${date}T${time}.${ms}Z`);
}

export interface EntryCollector {
  /** Takes the next lines of a log. */
  readonly add: (source: Pick<LogEntry, 'node' | 'log'>, lines: readonly string[]) => void;
  /** All that was taken since the last time, in the order in which it was logged. */
  readonly take: () => readonly LogEntry[];
}

/** Makes entries of lines of many logs, each of which comes in its own order. */
export function entryCollector(): EntryCollector {
  let entries: LogEntry[] = [];
  const lastTimes = new Map<string, number>();
  return {
    add: ({ node, log }, lines) => {
      const key = `${node ?? ''}\0${log}`;
      let open: (LogEntry & { readonly lines: string[] }) | undefined;
      for (const line of lines) {
        const time = timeOf(line);
        if (time !== undefined) lastTimes.set(key, time);
        if (time === undefined && open !== undefined) open.lines.push(line);
        else {
          open = { time: lastTimes.get(key), node, log, lines: [line] };
          entries.push(open);
        }
      }
    },
    take: () => {
      const taken = entries;
      entries = [];
      return taken.sort((a, b) => (a.time ?? 0) - (b.time ?? 0));
    },
  };
}

export interface Selection {
  /** milliseconds since the epoch */
  readonly since?: number | undefined;
  /** lines of each log; an entry is never cut, so there may be a few more */
  readonly tail?: number | undefined;
}

/** Those not older than `since`, and of each log the last. */
export function select(entries: readonly LogEntry[], { since = 0, tail = Infinity }: Selection): readonly LogEntry[] {
  const left = new Map<string, number>();
  const wanted = (entry: LogEntry) => {
    const key = `${entry.node ?? ''}\0${entry.log}`;
    const lines = left.get(key) ?? tail;
    left.set(key, lines - entry.lines.length);
    return lines > 0;
  };
  const recent = entries.filter(({ time = 0 }) => time >= since);
  return recent.toReversed().filter(wanted).reverse();
}

/**
 * Makes entries of the lines of a slice's own log: what they say, in words.
 *
 * @param log what the log is called: `slice`, or `slice2` where there are several
 * @returns what to give each line to, in order; a line that is no event has the time of the one before it
 */
export function sliceEntries(log: string): (line: string) => LogEntry {
  let time: number | undefined;
  return (line) => {
    const event = parseSliceEvent(line);
    const at = event === undefined ? NaN : Date.parse(String((event as { readonly time?: unknown }).time));
    if (!Number.isNaN(at)) time = at;
    const text = event === undefined ? line : `${stamp(time)}${words(event)}`;
    return { time, node: undefined, log, lines: [text, ...(event?.log ?? []).map((more) => `  | ${more}`)] };
  };
}

function stamp(time: number | undefined): string {
  return time === undefined
    ? ''
    : `${new Date(time).toISOString().replace('T', ' ').replace('.', ',').replace('Z', '')}: `;
}

const headings: Readonly<Record<string, string>> = {
  'step-started': '... ',
  'step-done': 'ok ',
  'step-skipped': '- ',
  failed: 'FAIL ',
  warning: 'warning: ',
};

function words(event: SliceEvent): string {
  const { type, title, text, reason, message, node, hint } = event;
  const heading = headings[type];
  const parts = [node, title, text, reason, message, hint].filter((part) => part !== undefined && part !== '');
  if (heading !== undefined) return `${heading}${parts.join(': ')}`;
  return parts.length === 0 ? type : parts.join(': ');
}
