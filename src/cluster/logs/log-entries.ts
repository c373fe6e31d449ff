import { parseSliceEvent, type SliceEvent } from '../up/boot-progress.ts';

/** A log message with its continuation lines, so that a traceback stays together. */
export interface LogEntry {
  /** milliseconds since the epoch; `undefined` when neither its line nor an earlier one has a timestamp */
  readonly time: number | undefined;
  /** full name; `undefined` for the slice's own log */
  readonly node: string | undefined;
  /** see `logName` */
  readonly log: string;
  readonly lines: readonly string[];
}

/**
 * Ganeti's timestamps, in UTC like the clock of a slice: `2024-05-17 08:11:00,127: ` (Python) or
 * `2024-05-17 08:11:00,360187328000 UTC: ` (Haskell).
 */
const ganetiStamp = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:,(\d{3})\d*)?(?: UTC)?: /;

/** The timestamp of a line; `undefined` for a continuation line. */
export function timeOf(line: string): number | undefined {
  const [, date, time, ms = '000'] = ganetiStamp.exec(line) ?? [];
  return date === undefined || time === undefined ? undefined : Date.parse(`${date}T${time}.${ms}Z`);
}

export interface EntryCollector {
  /** Adds the next lines of a log. */
  readonly add: (source: Pick<LogEntry, 'node' | 'log'>, lines: readonly string[]) => void;
  /** Returns the entries added since the last call, sorted by time. */
  readonly take: () => readonly LogEntry[];
}

/** Turns lines of several logs into entries.  The lines of each log must arrive in order. */
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
  /** number of lines per log; entries are never cut, so a few more lines are possible */
  readonly tail?: number | undefined;
}

/** Selects the entries that are not older than `since`, and of each log the last ones. */
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
 * Turns lines of a slice's own log, which are JSON events, into readable entries.
 *
 * @param log name of the log: `slice`, or `slice2` in a multi-host cluster
 * @returns a function to call with each line in order; a line that is not an event gets the time of the previous one
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
