import type { Report } from '../../events.ts';

const patienceMs = 1000;
const step = { id: 'copy', title: 'Copying' };

export interface CopyProgress {
  readonly add: (bytes: number) => void;
  readonly end: (outcome: 'done' | 'failed') => void;
}

/** Tells how far a copy is, but only of one that takes more than a second. */
export function copyProgress(report: Report, title: string): CopyProgress {
  const startedAt = performance.now();
  let toldAt: number | undefined;
  let bytes = 0;
  return {
    add: (count) => {
      bytes += count;
      const now = performance.now();
      if (now - (toldAt ?? startedAt) < patienceMs) return;
      if (toldAt === undefined) {
        report({ type: 'run-started', title, steps: [step] });
        report({ type: 'step-started', ...step });
      }
      toldAt = now;
      report({ type: 'step-progress', ...step, text: `${(bytes / 1e6).toFixed(1)} MB` });
    },
    end: (outcome) => {
      if (toldAt === undefined) return;
      if (outcome === 'failed') report({ type: 'step-failed', ...step });
      else report({ type: 'step-done', ...step, elapsedMs: performance.now() - startedAt });
      report({ type: 'run-ended' });
    },
  };
}
