import { parseSliceEvent, type SliceEvent } from '../up/slice-event.ts';
import type { LogEntry } from './log-entries.ts';

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
