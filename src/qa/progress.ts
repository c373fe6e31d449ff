import type { Report } from '../events.ts';
import type { Told } from './tally.ts';
import { qaStages, type QaStage } from './parse-line.ts';
import { count, judge, type JudgedTest } from './result.ts';
import { skipStep } from '../steps.ts';

export interface SuiteProgress {
  readonly tell: (told: Told, line: string) => void;
  /** The suite has ended: what was not come to is skipped. */
  readonly end: () => void;
  readonly fail: () => void;
}

/** Makes steps of the parts of the suite, and tells of each test in them. */
export function tellProgress(report: Report, ganeti: string): SuiteProgress {
  let current: { readonly id: QaStage; readonly startedAt: number; tests: readonly JudgedTest[] } | undefined;
  const left = new Set<QaStage>(qaStages.map(({ id }) => id));
  const endCurrent = () => {
    if (current === undefined) return;
    const { id, startedAt, tests } = current;
    const title = `${titleOf(id)}: ${summary(tests)}`;
    report({ type: 'step-done', id, title, elapsedMs: performance.now() - startedAt });
  };
  const enter = (id: QaStage) => {
    if (current?.id === id) return;
    endCurrent();
    left.delete(id);
    current = { id, startedAt: performance.now(), tests: [] };
    report({ type: 'step-started', id, title: titleOf(id) });
  };
  return {
    tell: ({ stage, begun, ended }, line) => {
      if (begun === undefined && ended === undefined) {
        if (current !== undefined) report({ type: 'step-output', id: current.id, line });
        return;
      }
      enter(stage);
      if (begun !== undefined) report({ type: 'step-progress', id: stage, text: `${begun.name} ${begun.title}` });
      for (const test of judge(ended === undefined ? [] : [ended], ganeti)) {
        if (current !== undefined) current.tests = [...current.tests, test];
        tellTest(report, stage, test);
      }
    },
    end: () => {
      endCurrent();
      for (const id of left) skipStep(report, { id, title: titleOf(id) }, 'not come to');
    },
    fail: () => {
      if (current !== undefined) report({ type: 'step-failed', id: current.id, title: titleOf(current.id) });
    },
  };
}

function tellTest(report: Report, id: QaStage, test: JudgedTest): void {
  const { name, title, outcome, known, seconds } = test;
  const reason = outcome === 'failed' ? (known ?? test.reason) : test.reason;
  report({
    type: 'test-ended',
    id,
    test: name,
    title,
    outcome: outcome === 'failed' && known !== undefined ? 'known' : outcome,
    elapsedMs: seconds * 1000,
    ...(reason !== undefined && { reason }),
  });
}

function titleOf(stage: QaStage): string {
  return qaStages.find(({ id }) => id === stage)?.title ?? stage;
}

function summary(tests: readonly JudgedTest[]): string {
  const { passed, failed, known, skipped } = count(tests);
  const parts = [
    `${passed} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(known > 0 ? [`${known} failed as known`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  return parts.join(', ');
}
