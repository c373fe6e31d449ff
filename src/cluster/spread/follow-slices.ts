import type { Engine } from '../../engine/engine.ts';
import { SliceError, VclusterError } from '../../errors.ts';
import { type Patience, waitReady } from '../up/wait-ready.ts';
import { mergeBoots } from './merge-boots.ts';
import { onHost } from './on-host.ts';
import { tellAllStarted } from './tell-all-started.ts';

/** One of several slices that boot. */
export interface BootingSlice {
  readonly endpoint: string;
  readonly engine: Engine;
  /** id or name */
  readonly container: string;
}

/** What one slice fails of, others often fail of a moment later, and say it from their side. */
const echoMs = 2500;

/**
 * Waits until all slices say that they are ready, and tells of their steps as of one.
 *
 * @throws {VclusterError} of the first that fails, saying on which host
 */
export async function waitAllReady(slices: readonly BootingSlice[], patience: Patience): Promise<void> {
  const { report, steps, signal } = patience;
  const endpoints = slices.map(({ endpoint }) => endpoint);
  const watched = tellAllStarted(slices, report);
  const merged = mergeBoots(watched.report, steps, endpoints);
  const over = new AbortController();
  const together = AbortSignal.any([signal, over.signal]);
  const failures: unknown[] = [];
  const boots = slices.map(async ({ endpoint, engine, container }) => {
    try {
      await waitReady(engine, container, { ...patience, signal: together, report: merged(endpoint) });
    } catch (error) {
      if (!over.signal.aborted) failures.push(onHost({ endpoint }, error));
      setTimeout(() => {
        over.abort(new SliceError('another slice failed'));
      }, echoMs).unref();
      throw error;
    }
  });
  try {
    await Promise.all(boots);
  } catch (error) {
    signal.throwIfAborted();
    await Promise.allSettled(boots);
    throw withEchoes(failures) ?? error;
  } finally {
    watched.stop();
  }
}

/** The first, with what the others say. */
function withEchoes([first, ...others]: readonly unknown[]): unknown {
  if (!(first instanceof VclusterError) || others.length === 0) return first;
  const echoes = others.flatMap((error) => (error instanceof VclusterError ? [error.message] : []));
  return new SliceError(first.message, {
    hint: first.hint,
    output: [...first.output, ...echoes],
    cause: first.cause,
  });
}
