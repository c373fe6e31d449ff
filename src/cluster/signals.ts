export type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** The signals that this process receives.  Without a listener they have their default effect and end the process. */
export interface Signals {
  /** @returns a function that stops listening */
  readonly on: (handler: (signal: Signal) => void) => () => void;
}
