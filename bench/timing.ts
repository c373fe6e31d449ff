import { performance } from 'node:perf_hooks';

/** Runs something and resolves to how long it took, in seconds. */
export async function secondsOf(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return (performance.now() - startedAt) / 1000;
}
