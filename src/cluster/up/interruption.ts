import { InterruptedError } from '../../errors.ts';
import type { Signals } from '../signals.ts';

export interface Interruption {
  readonly signal: AbortSignal;
  readonly stop: () => void;
}

/**
 * An abort signal for the first of the process's signals, or, with its own reason, for the one that the caller has.  From then on nobody listens, so that a second one ends the
 * program at once, whatever it is doing.
 */
export function abortOn(signals: Signals, asked?: AbortSignal): Interruption {
  const controller = new AbortController();
  const stop = signals.on((signal) => {
    // Not at once: others are told of this signal after us, and some (`signal-exit`, through execa) end the process when
    // they find nobody else listening.
    setImmediate(stop);
    controller.abort(new InterruptedError(signal, 'interrupted'));
  });
  const signal = asked === undefined ? controller.signal : AbortSignal.any([asked, controller.signal]);
  return { signal, stop };
}
