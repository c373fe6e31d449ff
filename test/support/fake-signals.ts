import type { Signal, Signals } from '../../src/cluster/signals.ts';

export interface FakeSignals extends Signals {
  readonly send: (signal: Signal) => void;
  /** how many listen */
  readonly listeners: () => number;
}

/** Signals that come when the test says so. */
export function fakeSignals(): FakeSignals {
  const handlers = new Set<(signal: Signal) => void>();
  return {
    on: (handler) => {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    send: (signal) => {
      for (const handler of handlers) handler(signal);
    },
    listeners: () => handlers.size,
  };
}
