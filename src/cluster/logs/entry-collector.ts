import { type LogEntry, timeOf } from './log-entries.ts';

/** Characters that are held at once.  Twice as many, with all control characters escaped, fit into one string. */
const maxLength = 32 * 2 ** 20;
/** Every line needs memory, however short it is. */
const lineCost = 64;
/** A longer entry is split: it is not a traceback. */
const maxEntryLength = 2 ** 20;

export const droppedWarning =
  `logs are incomplete: they have more than ${maxLength / 2 ** 20} MiB, and only the newest part is shown;` +
  ' choose a NODE, a DAEMON, --since or --tail to see others';

export interface Selection {
  /** milliseconds since the epoch */
  readonly since?: number | undefined;
  /** number of lines per log; entries are never cut, so a few more lines are possible */
  readonly tail?: number | undefined;
}

export interface CollectorOptions extends Selection {
  /** called once, when entries that are selected had to be dropped */
  readonly onDropped: () => void;
}

export interface EntryCollector {
  /** Adds the next lines of a log. */
  readonly add: (source: Pick<LogEntry, 'node' | 'log'>, lines: readonly string[]) => void;
  readonly addEntry: (entry: LogEntry) => void;
  /** Returns the selected entries added since the last call, sorted by time. */
  readonly take: () => readonly LogEntry[];
}

interface Held {
  readonly entry: LogEntry & { readonly lines: string[] };
  length: number;
}

/**
 * Turns lines of several logs into entries.  The lines of each log must arrive in order.  It holds a limited amount,
 * whatever is added: only the newest entries.
 */
export function entryCollector({ onDropped, ...selection }: CollectorOptions): EntryCollector {
  let entries: LogEntry[] = [];
  let length = 0;
  let dropped = false;
  /** the last entry of each log, which can get more lines */
  const open = new Map<string, Held>();
  const lastTimes = new Map<string, number>();
  const reduce = () => {
    const selected = select(sortByTime(entries), selection);
    entries = newest(selected);
    length = lengthOf(entries);
    open.clear();
    if (entries.length < selected.length && !dropped) onDropped();
    dropped ||= entries.length < selected.length;
  };
  const addEntry = (entry: LogEntry) => {
    entries.push(entry);
    length += lengthOf([entry]);
    if (length > 2 * maxLength) reduce();
  };
  const addLine = ({ node, log }: Pick<LogEntry, 'node' | 'log'>, line: string) => {
    const key = `${node ?? ''}\0${log}`;
    const time = timeOf(line);
    if (time !== undefined) lastTimes.set(key, time);
    const last = time === undefined ? open.get(key) : undefined;
    if (last === undefined || last.length > maxEntryLength) {
      const entry = { time: lastTimes.get(key), node, log, lines: [line] };
      open.set(key, { entry, length: line.length });
      addEntry(entry);
    } else {
      last.entry.lines.push(line);
      last.length += line.length + lineCost;
      length += line.length + lineCost;
    }
  };
  return {
    add: (source, lines) => {
      for (const line of lines) addLine(source, line);
    },
    addEntry,
    take: () => {
      reduce();
      const taken = entries;
      [entries, length] = [[], 0];
      return taken;
    },
  };
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

function sortByTime(entries: readonly LogEntry[]): readonly LogEntry[] {
  return entries.toSorted((a, b) => (a.time ?? 0) - (b.time ?? 0));
}

/** The last entries that are not longer than the limit in all. */
function newest(entries: readonly LogEntry[]): LogEntry[] {
  let left = maxLength;
  const first = entries.findLastIndex((entry) => (left -= lengthOf([entry])) < 0);
  return entries.slice(first + 1);
}

function lengthOf(entries: readonly LogEntry[]): number {
  let length = 0;
  for (const { lines } of entries) for (const line of lines) length += line.length + lineCost;
  return length;
}
