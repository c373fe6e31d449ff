import { expect, vi } from 'vitest';
import type { SharedCluster } from './e2e-shared.ts';

/** A unique duration for `sleep` that identifies its process. */
export function uniqueSeconds(): string {
  return `600.${Math.floor(Math.random() * 1e9)
    .toString()
    .padStart(9, '0')}`;
}

/** The number of processes in the slice whose command line contains the words. */
export async function countInside({ run }: SharedCluster, words: string): Promise<number> {
  const { stdout, exitCode } = await run(['exec', 'node1', 'pgrep', '-c', '-f', '--', words.replaceAll('.', '[.]')]);
  if (exitCode !== 0 && exitCode !== 1) throw new Error(`pgrep ends with ${exitCode ?? 'no status'}`);
  return Number(stdout);
}

/** Waits until no process in the slice has the words in its command line; a process takes a moment to disappear. */
export async function expectGone(cluster: SharedCluster, words: string): Promise<void> {
  await vi.waitFor(
    async () => {
      expect(await countInside(cluster, words)).toBe(0);
    },
    { timeout: 10_000, interval: 200 },
  );
}
