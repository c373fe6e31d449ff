import type { Signals } from '../cluster/signals.ts';
import { InterruptedError } from '../errors.ts';

/**
 * Runs something that the user can interrupt.
 *
 * @param message the message of the interruption
 * @param run receives a signal whose reason is an `InterruptedError`
 */
export async function interruptible<T>(
  signals: Signals,
  message: string,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const interruption = new AbortController();
  const stopListening = signals.on((signal) => {
    // A second signal ends the process at once, as in `abortOn`: the cleanup after the first can hang with the engine.
    setImmediate(stopListening);
    interruption.abort(new InterruptedError(signal, message));
  });
  try {
    return await run(interruption.signal);
  } finally {
    stopListening();
  }
}
