import { type KnownFailure, knownFailure, knownFailures } from './known-failures.ts';
import type { BrokenBlock, QaTest, Tally } from './tally.ts';

export interface JudgedTest extends QaTest {
  /** why it was expected to fail; of tests that failed, and of those that passed all the same */
  readonly known?: string;
}

export interface Counts {
  readonly passed: number;
  /** of those that passed: had nothing to do here */
  readonly vacuous: number;
  /** as the list of known failures has it */
  readonly known: number;
  /** otherwise */
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
}

/** Says of each test that failed whether it was expected to. */
export function judge(
  tests: readonly QaTest[],
  ganeti: string,
  list: readonly KnownFailure[] = knownFailures,
): readonly JudgedTest[] {
  return tests.map((test) => {
    const reason = test.outcome === 'skipped' ? undefined : knownFailure(test, ganeti, list)?.reason;
    return reason === undefined ? test : { ...test, known: reason };
  });
}

export function isNewFailure({ outcome, known }: JudgedTest): boolean {
  return outcome === 'failed' && known === undefined;
}

/** It is on the list of known failures, and had something to do, and passed. */
export function isMended({ outcome, known, vacuous }: JudgedTest): boolean {
  return outcome === 'passed' && known !== undefined && !vacuous;
}

export function count(tests: readonly JudgedTest[]): Counts {
  const of = (is: (test: JudgedTest) => boolean) => tests.filter(is).length;
  return {
    passed: of(({ outcome }) => outcome === 'passed'),
    vacuous: of(({ vacuous }) => vacuous),
    known: of((test) => test.outcome === 'failed' && !isNewFailure(test)),
    failed: of(isNewFailure),
    skipped: of(({ outcome }) => outcome === 'skipped'),
    seconds: tests.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

/** By the first group that each belongs to, in the order in which they come; those of none are of `(always)`. */
export function byGroup(tests: readonly JudgedTest[]): ReadonlyMap<string, readonly JudgedTest[]> {
  const groups = new Map<string, JudgedTest[]>();
  for (const test of tests) {
    const name = test.groups[0] ?? '(always)';
    groups.set(name, [...(groups.get(name) ?? []), test]);
  }
  return groups;
}

export interface Ran {
  readonly status: number;
  readonly tally: Tally;
  /** what it printed last, oldest first */
  readonly lastLines: readonly string[];
}

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
