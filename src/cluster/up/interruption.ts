import { InterruptedError } from '../../errors.ts';
import type { Signals } from '../signals.ts';

export interface Interruption {
  readonly signal: AbortSignal;
  readonly stop: () => void;
}

/**
 * Returns an abort signal that aborts on the first signal to the process, or when the caller's signal aborts, with its
 * reason.  After the first signal the handler is removed, so a second one ends the program at once.
 */
export function abortOn(signals: Signals, asked?: AbortSignal): Interruption {
  const controller = new AbortController();
  const stop = signals.on((signal) => {
    // Deferred, because other handlers of this signal run after this one, and some (`signal-exit`, through execa) end
    // the process when they find no other handler.
    setImmediate(stop);
    controller.abort(new InterruptedError(signal, 'interrupted'));
  });
  const signal = asked === undefined ? controller.signal : AbortSignal.any([asked, controller.signal]);
  return { signal, stop };
}
