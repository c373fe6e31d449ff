export type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** The signals that this program was sent.  While nobody listens they end it, as they do any other. */
export interface Signals {
  /** @returns how to stop listening */
  readonly on: (handler: (signal: Signal) => void) => () => void;
}
