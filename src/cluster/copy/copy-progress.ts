import type { Report } from '../../events.ts';
import { formatBytes } from '../../format.ts';

const reportIntervalMs = 1000;
const step = { id: 'copy', title: 'Copying' };

interface CopyProgress {
  readonly add: (bytes: number) => void;
  readonly end: (outcome: 'done' | 'failed') => void;
}

/** Reports the progress of a copy that takes longer than a second. */
export function copyProgress(report: Report, title: string): CopyProgress {
  const startedAt = performance.now();
  let reportedAt: number | undefined;
  let bytes = 0;
  return {
    add: (count) => {
      bytes += count;
      const now = performance.now();
      if (now - (reportedAt ?? startedAt) < reportIntervalMs) return;
      if (reportedAt === undefined) {
        report({ type: 'run-started', title, steps: [step] });
        report({ type: 'step-started', ...step });
      }
      reportedAt = now;
      report({ type: 'step-progress', ...step, text: formatBytes(bytes) });
    },
    end: (outcome) => {
      if (reportedAt === undefined) return;
      if (outcome === 'failed') report({ type: 'step-failed', ...step });
      else report({ type: 'step-done', ...step, elapsedMs: performance.now() - startedAt });
      report({ type: 'run-ended' });
    },
  };
}
