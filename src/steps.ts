import { type OnLine } from './engine/engine.ts';
import { type Report } from './events.ts';

export interface StepName {
  readonly id: string;
  readonly title: string;
}

/** Runs one step and reports it.  The error of a failure passes unchanged. */
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

/** @param reason why there was nothing to do; without one, users do not see the step */
export function skipStep(report: Report, { id, title }: StepName, reason?: string): void {
  report({ type: 'step-skipped', id, title, ...(reason !== undefined && { reason }) });
}
