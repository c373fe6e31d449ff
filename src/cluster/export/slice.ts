import type { Engine } from '../../engine/engine.ts';

/** Puts what it gets at that path, or notes why there is nothing. */
export type Attempt = (what: string, run: () => Promise<string | undefined>) => Promise<void>;

export interface Slice {
  readonly engine: Engine;
  readonly container: string;
  /** where its files go in the export: '' or `slice2/` */
  readonly folder: string;
  /** what was gathered, not yet without secrets */
  readonly files: Map<string, string>;
  readonly secrets: Set<string>;
  readonly signal: AbortSignal;
  readonly attempt: Attempt;
}
