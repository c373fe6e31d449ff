import { EngineError } from '../../errors.ts';

/** A slice of a cluster that cannot be had at the moment. */
export interface MissingSlice {
  /** its number */
  readonly slice: number;
  /** of its host, as the plan has it */
  readonly endpoint: string;
  /** `elsewhere`: that endpoint leads to another engine now; `gone`: the host has no such container any more */
  readonly reason: 'unreachable' | 'elsewhere' | 'gone';
  /** in words, without the name of the host */
  readonly problem: string;
  readonly hint?: string | undefined;
}

/** What is the matter with it, in words. */
export function describeMissing(missing: MissingSlice): string {
  return `the host ${missing.endpoint} ${problemOf(missing)}`;
}

/** The same, without the name of the host: what is said of it. */
export function problemOf({ reason, problem }: MissingSlice): string {
  return reason === 'unreachable' ? `cannot be reached: ${problem}` : problem;
}

/**
 * For what was done to all of a cluster that could be reached.
 *
 * @param what was done, as a sentence: `cluster demo is stopped`
 * @throws {EngineError} when that was not all of it
 */
export function requireWhole(what: string, missing: readonly MissingSlice[]): void {
  if (missing.length === 0) return;
  const hint = missing.find((one) => one.hint !== undefined)?.hint;
  throw new EngineError(`${what}, but for a part of it: ${missing.map(describeMissing).join('; ')}`, { hint });
}

/**
 * The error of whoever needs it.
 *
 * @param what it is in the way of, as a sentence: `node node3.example.com cannot be reached`
 */
export function missingError(what: string, missing: MissingSlice): EngineError {
  return new EngineError(`${what}: ${describeMissing(missing)}`, { hint: missing.hint });
}
