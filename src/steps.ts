import { type OnLine } from './engine/engine.ts';
import { type Report } from './events.ts';

export interface StepName {
  readonly id: string;
  readonly title: string;
}

/** Does one thing and tells of it; the error of a failure goes through unchanged. */
export async function runStep<T>(report: Report, step: StepName, run: (onLine: OnLine) => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  report({ type: 'step-started', ...step });
  try {
    const result = await run((line) => {
      report({ type: 'step-output', id: step.id, line });
    });
    report({ type: 'step-done', ...step, elapsedMs: performance.now() - startedAt });
    return result;
  } catch (error) {
    report({ type: 'step-failed', ...step });
    throw error;
  }
}

/** Tells that there was nothing to do. */
export function skipStep(report: Report, step: StepName, reason: string): void {
  report({ type: 'step-skipped', ...step, reason });
}

export function skipSteps(report: Report, steps: readonly StepName[], reason: string): void {
  for (const { id, title } of steps) skipStep(report, { id, title }, reason);
}
