import type { ContainerState } from '../../engine/engine.ts';

/** Something of ours that nobody needs any more. */
export interface Prunable {
  readonly kind: 'cluster' | 'relay' | 'network' | 'volume' | 'container' | 'image';
  readonly name: string;
  readonly reason: string;
  /** bytes, of an image: at most so much is freed, for images share layers */
  readonly size: number | null;
  /** ids of the containers that go with it */
  readonly containers: readonly string[];
  /** @returns false when it is in use again by now; then it was left */
  readonly remove: () => Promise<boolean>;
}

/** What is younger than that is left alone: an `up` may be at work on it. */
export interface AgeGate {
  readonly now: Date;
  readonly olderThanSeconds: number;
}

/** @param since seconds since the epoch */
export function isOlder(since: number, { now, olderThanSeconds }: AgeGate): boolean {
  return now.getTime() / 1000 - since >= olderThanSeconds;
}

/** Nothing of it runs, and nothing is on its way to. */
export function isIdle({ state }: { readonly state: ContainerState }): boolean {
  return state === 'created' || state === 'exited' || state === 'dead';
}
