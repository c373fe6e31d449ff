import type { Report } from '../events.ts';
import { skipStep } from '../steps.ts';
import { qaStages, type QaStage } from './parse-line.ts';
import { count, judge, type JudgedTest } from './result.ts';
import type { TallyUpdate } from './tally.ts';

interface SuiteProgress {
  readonly update: (update: TallyUpdate, line: string) => void;
  /** The suite has ended: reports the stages that it did not reach as skipped. */
  readonly finish: () => void;
  readonly fail: () => void;
}

/** Reports the stages of the suite as steps, and each test within its step. */
export function reportProgress(report: Report, ganeti: string): SuiteProgress {
  let current: { readonly id: QaStage; readonly startedAt: number; tests: readonly JudgedTest[] } | undefined;
  const pending = new Set<QaStage>(qaStages.map(({ id }) => id));
  const finishCurrent = () => {
    if (current === undefined) return;
    const { id, startedAt, tests } = current;
    const title = `${titleOf(id)}: ${summary(tests)}`;
    report({ type: 'step-done', id, title, elapsedMs: performance.now() - startedAt });
  };
  const enter = (id: QaStage) => {
    if (current?.id === id) return;
    finishCurrent();
    pending.delete(id);
    current = { id, startedAt: performance.now(), tests: [] };
    report({ type: 'step-started', id, title: titleOf(id) });
  };
  return {
    update: ({ stage, started, ended }, line) => {
      if (started === undefined && ended === undefined) {
        if (current !== undefined) report({ type: 'step-output', id: current.id, line });
        return;
      }
      enter(stage);
      if (started !== undefined) report({ type: 'step-progress', id: stage, text: `${started.name} ${started.title}` });
      for (const test of judge(ended === undefined ? [] : [ended], ganeti)) {
        if (current !== undefined) current.tests = [...current.tests, test];
        reportTest(report, stage, test);
      }
    },
    finish: () => {
      finishCurrent();
      for (const id of pending) skipStep(report, { id, title: titleOf(id) }, 'not reached');
    },
    fail: () => {
      if (current !== undefined) report({ type: 'step-failed', id: current.id, title: titleOf(current.id) });
    },
  };
}

function reportTest(report: Report, id: QaStage, test: JudgedTest): void {
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
    ...(known > 0 ? [`${known} known failures`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  return parts.join(', ');
}
