import type { Signals } from '../cluster/signals.ts';

/** A library leaves the process's signals to the program that it is part of, which has `AbortSignal`s for it. */
export const noSignals: Signals = { on: () => () => undefined };
