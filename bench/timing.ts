import { performance } from 'node:perf_hooks';

/** Runs a function and resolves to the seconds it took. */
export async function secondsOf(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return (performance.now() - startedAt) / 1000;
}
