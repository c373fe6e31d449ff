import type { Entry } from '../../archive/entry.ts';
import type { Report } from '../../events.ts';

export interface CheckedEntries {
  readonly all: AsyncIterable<Entry>;
  /** called for each chunk that is transferred */
  readonly onBytes: (count: number) => void;
  readonly report: Report;
}

/** What to write into a slice. */
export interface Write {
  readonly entries: CheckedEntries;
  /** absolute path of an existing directory */
  readonly directory: string;
  readonly signal: AbortSignal;
}
