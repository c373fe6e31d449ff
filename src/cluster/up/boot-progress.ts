import type { Report } from '../../events.ts';
import type { SliceEvent } from './slice-event.ts';
import { skipSteps } from '../../steps.ts';
import type { SliceStep } from './steps.ts';

export interface BootProgress {
  readonly tell: (event: SliceEvent) => void;
  /** what it is doing, in words */
  readonly doing: () => string;
  /** The cluster is ready: the current step is done, and those that it had no need of were skipped. */
  readonly end: () => void;
  readonly fail: () => void;
}

/**
 * Makes the slice's many small steps into the few that were announced.
 *
 * @param steps those that were announced
 */
export function bootProgress(report: Report, steps: readonly SliceStep[]): BootProgress {
  let current: SliceStep | undefined;
  let startedAt = 0;
  let skipped: string | undefined;
  const left = new Set(steps);

  const endCurrent = () => {
    if (current === undefined) return;
    const { id, title } = current;
    if (skipped !== undefined) skipSteps(report, [current], skipped);
    else report({ type: 'step-done', id, title, elapsedMs: performance.now() - startedAt });
    current = undefined;
  };
  const enter = (step: SliceStep) => {
    if (step === current) return;
    endCurrent();
    current = step;
    left.delete(step);
    startedAt = performance.now();
    skipped = undefined;
    report({ type: 'step-started', id: step.id, title: step.title });
  };

  return {
    tell: (event) => {
      const step = steps.find(({ of }) => event.step !== undefined && of.includes(event.step));
      if (event.type === 'warning') report({ type: 'warning', message: event.message ?? '', ...hintOf(event) });
      if (step === undefined) return;
      enter(step);
      if (event.type === 'step-progress') report({ type: 'step-progress', id: step.id, text: event.text ?? '' });
      if (event.type === 'step-skipped' && step.of.length === 1) skipped = event.reason;
    },
    doing: () => current?.title ?? 'starting',
    end: () => {
      endCurrent();
      skipSteps(report, [...left], 'not needed');
    },
    fail: () => {
      if (current !== undefined) report({ type: 'step-failed', id: current.id, title: current.title });
    },
  };
}

function hintOf({ hint }: SliceEvent): { readonly hint?: string } {
  return hint === undefined ? {} : { hint };
}
