import type { BrokenBlock } from '../../ganeti/qa/tally.ts';
import { count, isMended, isNewFailure, judge, type Counts, type JudgedTest } from '../../ganeti/qa/verdict.ts';
import type { Ran } from './run-suite.ts';

export interface QaResult {
  /** ours */
  readonly cluster: string;
  /** `3.0` ... */
  readonly ganeti: string;
  /** No test failed but those that are known to, no block was left before its end, and the suite came to its own. */
  readonly ok: boolean;
  /** whether the suite came to its end */
  readonly complete: boolean;
  /** of what the suite runs on virtual clusters by itself */
  readonly counts: Counts;
  /** of what it leaves out there, and was run all the same (`--with-skipped`) */
  readonly liftedCounts: Counts;
  readonly tests: readonly JudgedTest[];
  /** on the list of known failures, and passed */
  readonly mended: readonly string[];
  /** blocks of tests that were left before their end, and why */
  readonly broken: readonly BrokenBlock[];
  /** what the suite printed last; empty when it came to its end */
  readonly lastLines: readonly string[];
  readonly logFile: string;
  readonly elapsedMs: number;
}

export function describeQa(
  { status, tally, lastLines }: Ran,
  of: Pick<QaResult, 'cluster' | 'ganeti' | 'logFile' | 'elapsedMs'>,
): QaResult {
  const tests = judge(tally.tests(), of.ganeti);
  const complete = status === 0;
  return {
    ...of,
    ok: complete && tally.broken().length === 0 && !tests.some(isNewFailure),
    complete,
    counts: count(tests.filter(({ lifted }) => !lifted)),
    liftedCounts: count(tests.filter(({ lifted }) => lifted)),
    tests,
    mended: tests.filter(isMended).map(({ name }) => name),
    broken: tally.broken(),
    lastLines: complete ? [] : lastLines,
  };
}
