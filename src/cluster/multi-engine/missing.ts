import { EngineError } from '../../errors.ts';

/** A slice of a cluster that is currently not available. */
export interface MissingSlice {
  /** slice number */
  readonly slice: number;
  /** endpoint of its host, as in the plan */
  readonly endpoint: string;
  /** `elsewhere`: the endpoint now leads to another engine; `gone`: the container no longer exists on the host */
  readonly reason: 'unreachable' | 'elsewhere' | 'gone';
  /** description without the name of the host */
  readonly problem: string;
  readonly hint?: string | undefined;
}

/** Describes why a slice is missing. */
export function describeMissing(missing: MissingSlice): string {
  return `the host ${missing.endpoint} ${problemOf(missing)}`;
}

/** Like `describeMissing`, but without the name of the host. */
export function problemOf({ reason, problem }: MissingSlice): string {
  return reason === 'unreachable' ? `cannot be reached: ${problem}` : problem;
}

/**
 * Reports missing slices after an operation on all available slices of a cluster.
 *
 * @param what was done, as a sentence: `cluster demo is stopped`
 * @throws {EngineError} when slices are missing
 */
export function requireComplete(what: string, missing: readonly MissingSlice[]): void {
  if (missing.length === 0) return;
  const hint = missing.find((one) => one.hint !== undefined)?.hint;
  throw new EngineError(`${what}, but not on all hosts: ${missing.map(describeMissing).join('; ')}`, { hint });
}

/**
 * The error for an operation that needs the missing slice.
 *
 * @param what failed, as a sentence: `node node3.example.com cannot be reached`
 */
export function missingError(what: string, missing: MissingSlice): EngineError {
  return new EngineError(`${what}: ${describeMissing(missing)}`, { hint: missing.hint });
}
