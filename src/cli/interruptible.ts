import type { Signals } from '../cluster/signals.ts';
import { InterruptedError } from '../errors.ts';

/**
 * Runs something that the user may interrupt.
 *
 * @param message what the user reads then
 * @param run is given a signal whose reason is an `InterruptedError`
 */
export async function interruptible<T>(
  signals: Signals,
  message: string,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const interruption = new AbortController();
  const stopListening = signals.on((signal) => {
    // A second one ends the program at once, as in `abortOn`: an engine that hangs may keep the first waiting.
    setImmediate(stopListening);
    interruption.abort(new InterruptedError(signal, message));
  });
  try {
    return await run(interruption.signal);
  } finally {
    stopListening();
  }
}
