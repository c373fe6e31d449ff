import { setTimeout as delay } from 'node:timers/promises';

export interface Waiting {
  readonly timeoutMs: number;
  readonly intervalMs: number;
  /** its reason is thrown when it aborts */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks again and again until there is an answer.
 *
 * @param ask `undefined` means: not yet
 * @returns the answer; `undefined` when there was none in time
 */
export async function waitUntil<T>(
  ask: () => Promise<T | undefined>,
  { timeoutMs, intervalMs, signal }: Waiting,
): Promise<T | undefined> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined || performance.now() >= deadline) return answer;
    await delay(intervalMs);
  }
}

/**
 * Waits for a promise, at most `timeoutMs`.  The work continues; the timer does not keep the process alive.
 *
 * @returns its value; `undefined` after the timeout
 * @throws what the promise rejects with, if it does so in time
 */
export async function withTimeout<T>(promise: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  return Promise.race([promise, delay(timeoutMs, undefined, { ref: false })]);
}
