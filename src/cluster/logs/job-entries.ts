import { NotFoundError } from '../../errors.ts';
import type { LogEntry } from './log-entries.ts';

/** What daemons write about a job just before its process begins, and just after it ends: milliseconds. */
const marginMs = 300;

/** Daemons that have no part in jobs, but may write meanwhile. */
const unrelated = /^(jobs|luxid|mond|rapi|watcher)\b/;

/**
 * The entries of one job: those of its process, those of other daemons that name it, and what the node daemons and
 * wconfd wrote while it ran.  These do not name a job, so entries of jobs that ran at the same time are among them.
 *
 * @param entries sorted by time
 * @throws {NotFoundError} when no log names the job
 */
export function entriesOfJob(entries: readonly LogEntry[], job: number): readonly LogEntry[] {
  const own = new Set(entries.filter((entry) => isOfProcess(entry, job) || isNamedByLuxid(entry, job)));
  const times = [...own].flatMap(({ time }) => time ?? []);
  if (times.length === 0) {
    throw new NotFoundError(`no log names job ${job}`, {
      hint: '`gnt-job list` lists the jobs; the logs of those before the last rotation are gone',
    });
  }
  const [begin, end] = [Math.min(...times) - marginMs, Math.max(...times) + marginMs];
  const isMeanwhile = ({ time = 0, log }: LogEntry) => time >= begin && time <= end && !unrelated.test(log);
  return entries.filter((entry) => own.has(entry) || isMeanwhile(entry));
}

/** `...: job-42 pid=90 INFO ...` */
function isOfProcess({ log, lines: [line = ''] }: LogEntry, job: number): boolean {
  return log === 'jobs' && new RegExp(String.raw`: job-${job} pid=`).test(line);
}

/** luxid's `change of job 42`, `Finished jobs: (41,...),(42,...)`, `New jobs enqueued: 42`. */
function isNamedByLuxid({ log, lines: [line = ''] }: LogEntry, job: number): boolean {
  const message = /\b(?:INFO|NOTICE|WARNING|ERROR) (.*)$/.exec(line)?.[1] ?? '';
  return log === 'luxid' && /\bjobs?\b/i.test(message) && new RegExp(String.raw`\b${job}\b`).test(message);
}
