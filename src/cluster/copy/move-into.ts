import type { Engine } from '../../engine/engine.ts';
import { FileError, InterruptedError, SliceError } from '../../errors.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { capture } from '../exec.ts';
import type { NodePath } from './copy-end.ts';

interface Move {
  /** absolute path of the directory with the files */
  readonly staging: string;
  /** absolute */
  readonly directory: string;
  /** aborts when the user interrupts */
  readonly signal: AbortSignal;
}

/**
 * Lets the slice move files into place.  An interruption does not end that halfway, unless the slice is paused: then it
 * would wait until somebody resumes the slice.
 *
 * @throws {FileError} when the slice refuses
 * @throws {InterruptedError} when the user interrupts and the slice is paused
 */
export async function moveInto(engine: Engine, slice: NodePath, { staging, directory, signal }: Move): Promise<void> {
  const { container } = slice;
  const giveUp = new AbortController();
  const look = () => void giveUpIfPaused(engine, slice, signal, giveUp);
  signal.addEventListener('abort', look, { once: true });
  try {
    const argv = [slicePaths.program, 'move-into', staging, directory];
    const { status, stderr } = await capture(engine, container, argv, { signal: giveUp.signal });
    if (status !== 0 && stderr.trim() === '') throw new SliceError(`the slice cannot write into ${directory}`);
    if (status !== 0) {
      throw new FileError(stderr.trim(), { hint: 'nothing was copied; remove it first, or choose another target' });
    }
  } finally {
    signal.removeEventListener('abort', look);
  }
}

async function giveUpIfPaused(
  engine: Engine,
  { container, cluster }: NodePath,
  { reason }: AbortSignal,
  giveUp: AbortController,
): Promise<void> {
  const details = await engine.inspectContainer(container).catch(() => undefined);
  if (details?.state !== 'paused' || !(reason instanceof InterruptedError)) return;
  giveUp.abort(reason.saying(`interrupted; cluster ${cluster} is paused, and the copy ends when it is resumed`));
}
