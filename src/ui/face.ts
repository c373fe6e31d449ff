import type { Report } from '../events.ts';

/** One way to show what happens. */
export interface Face {
  readonly report: Report;
  /** Resolves when all that was reported is on the screen and other output may be written. */
  readonly settled: () => Promise<void>;
}
