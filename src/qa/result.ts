import { findKnownFailure, type KnownFailure, knownFailures } from './known-failures.ts';
import type { BrokenBlock, QaTest, Tally } from './tally.ts';

export interface JudgedTest extends QaTest {
  /** why the test is expected to fail; set for known failures, and also if such a test passed */
  readonly known?: string;
}

export interface Counts {
  readonly passed: number;
  /** passed, but had nothing to do on this cluster */
  readonly vacuous: number;
  /** known failures */
  readonly known: number;
  /** other failures */
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
}

export interface QaResult {
  /** name of the cluster in vcluster-box */
  readonly cluster: string;
  /** `3.0` or `3.1` */
  readonly ganeti: string;
  /** The suite and all its blocks ran to the end, and no tests failed except known failures. */
  readonly ok: boolean;
  /** whether the suite ran to the end */
  readonly complete: boolean;
  /** tests that the suite runs on virtual clusters by default */
  readonly counts: Counts;
  /** tests that the suite skips on virtual clusters by default (`--with-skipped`) */
  readonly liftedCounts: Counts;
  readonly tests: readonly JudgedTest[];
  /** known failures that passed */
  readonly mended: readonly string[];
  /** blocks of tests that were aborted, with the reason */
  readonly broken: readonly BrokenBlock[];
  /** the last output of the suite; empty if it ran to the end */
  readonly lastLines: readonly string[];
  readonly logFile: string;
  readonly elapsedMs: number;
}

export interface SuiteOutcome {
  readonly status: number;
  readonly tally: Tally;
  /** the last lines of output, oldest first */
  readonly lastLines: readonly string[];
}

export function describeQa(
  { status, tally, lastLines }: SuiteOutcome,
  run: Pick<QaResult, 'cluster' | 'ganeti' | 'logFile' | 'elapsedMs'>,
): QaResult {
  const tests = judge(tally.tests(), run.ganeti);
  const complete = status === 0;
  return {
    ...run,
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

/** Marks the tests that are on the list of known failures, unless they were skipped. */
export function judge(
  tests: readonly QaTest[],
  ganeti: string,
  list: readonly KnownFailure[] = knownFailures,
): readonly JudgedTest[] {
  return tests.map((test) => {
    const reason = test.outcome === 'skipped' ? undefined : findKnownFailure(test, ganeti, list)?.reason;
    return reason === undefined ? test : { ...test, known: reason };
  });
}

export function isNewFailure({ outcome, known }: JudgedTest): boolean {
  return outcome === 'failed' && known === undefined;
}

/** A known failure that had something to do and passed. */
export function isMended({ outcome, known, vacuous }: JudgedTest): boolean {
  return outcome === 'passed' && known !== undefined && !vacuous;
}

export function count(tests: readonly JudgedTest[]): Counts {
  const howMany = (matches: (test: JudgedTest) => boolean) => tests.filter(matches).length;
  return {
    passed: howMany(({ outcome }) => outcome === 'passed'),
    vacuous: howMany(({ vacuous }) => vacuous),
    known: howMany((test) => test.outcome === 'failed' && !isNewFailure(test)),
    failed: howMany(isNewFailure),
    skipped: howMany(({ outcome }) => outcome === 'skipped'),
    seconds: tests.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

/** Groups tests by the first group of each, in the order of the tests; those without a group are `(always)`. */
export function byGroup(tests: readonly JudgedTest[]): ReadonlyMap<string, readonly JudgedTest[]> {
  const groups = new Map<string, JudgedTest[]>();
  for (const test of tests) {
    const name = test.groups[0] ?? '(always)';
    groups.set(name, [...(groups.get(name) ?? []), test]);
  }
  return groups;
}
