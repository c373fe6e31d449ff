import type { Signal, Signals } from '../../src/cluster/signals.ts';

export interface FakeSignals extends Signals {
  readonly send: (signal: Signal) => void;
  /** number of listeners */
  readonly listeners: () => number;
}

/** Signals that a test sends. */
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
