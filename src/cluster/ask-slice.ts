import type { Engine } from '../engine/engine.ts';
import { SliceError } from '../errors.ts';
import { slicePaths } from '../plan/slice-paths.ts';
import { parseShape, type Shape } from '../shape.ts';
import { capture } from './exec.ts';

/** Longer than a slice takes on a busy machine, and than its own time limits. */
const timeoutMs = 20_000;

/**
 * Runs a command of the slice's program that reports something as JSON, and checks what it reports.  Anything can run
 * in a slice, so the program can hang and its output can be wrong.
 *
 * @throws {SliceError} when the program fails, does not answer in time, or its answer does not have the shape
 */
export async function askSlice<T>(
  engine: Engine,
  container: string,
  { command, shape, hint }: { readonly command: string; readonly shape: Shape; readonly hint?: string },
): Promise<T> {
  const { status, stdout, stderr } = await capture(engine, container, [slicePaths.program, command], { timeoutMs });
  const what = `\`vcluster-slice ${command}\` in container ${container}`;
  if (status !== 0) {
    const output = `${stdout}${stderr}`.trimEnd().split('\n').slice(-10);
    throw new SliceError(`${what} failed (exit status ${status})`, { output, ...(hint !== undefined && { hint }) });
  }
  const answer = parseShape(stdout, shape);
  if ('problem' in answer) throw new SliceError(`${what} gave an invalid answer: ${answer.problem}`);
  return answer.value as T;
}
