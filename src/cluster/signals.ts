export type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** The signals that this program was sent.  While nobody listens they end it, as they do any other. */
export interface Signals {
  /** @returns how to stop listening */
  readonly on: (handler: (signal: Signal) => void) => () => void;
}

/** The same signals for many to listen to, of whom the process sees but one: Node warns of more than ten. */
export function fanOut(signals: Signals): Signals & { readonly stop: () => void } {
  const handlers = new Set<(signal: Signal) => void>();
  const stop = signals.on((signal) => {
    for (const handler of [...handlers]) handler(signal);
  });
  return {
    stop,
    on: (handler) => {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
  };
}
