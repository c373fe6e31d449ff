import { UsageError } from '../errors.ts';
import { parseSeconds, parseWhole } from './quantities.ts';

/**
 * Parses an age (`10m`, `2h`), or a date and time in ISO 8601 format, which is UTC unless it has a time zone.
 *
 * @returns milliseconds since the epoch
 * @throws {UsageError} for anything else
 */
export function parseSince(text: string, now: Date): number {
  const seconds = parseSeconds(text);
  if (seconds !== undefined) return now.getTime() - seconds * 1000;
  const zoned = /T.*(Z|[+-]\d\d:?\d\d)$/i.test(text) || /^\d{4}-\d\d-\d\d$/.test(text);
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(zoned ? text : `${text.replace(' ', 'T')}Z`) : NaN;
  if (!Number.isNaN(time)) return time;
  throw new UsageError(`--since: must be a time, not ${text}`, {
    hint: 'such as 10m, 2h, 2024-05-17 or 2024-05-17T08:11:00Z',
  });
}

/** @throws {UsageError} unless the text is a whole number */
export function parseTail(text: string): number {
  const value = parseWhole(text);
  if (value !== undefined) return value;
  throw new UsageError(`--tail: must be a whole number, not ${text}`, { hint: 'such as --tail 20' });
}

/** @throws {UsageError} unless the text is the id of a job */
export function parseJob(text: string): number {
  const value = parseWhole(text);
  if (value !== undefined && value > 0) return value;
  throw new UsageError(`--job: must be the id of a job, not ${text}`, { hint: '`gnt-job list` lists the jobs' });
}
