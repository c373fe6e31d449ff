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
