import { isDeepStrictEqual } from 'node:util';
import type { GivenOptions } from '../../config/parse-cluster-spec.ts';
import type { ContainerSummary, Engine } from '../../engine/engine.ts';
import { label, sliceNumber } from '../../plan/labels.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { givenBefore } from '../up/differences.ts';

/** A slice, and by which engine it is reached. */
export interface Part {
  readonly engine: Engine;
  readonly slice: ContainerSummary;
}

/**
 * Whether these are all that there is of a cluster on several hosts that never was one: an `up` was killed, or is just at work, that has not made all
 * of its slices yet, or not started them.  Once slices have a cluster (`vcluster_slice/paths.py`, `PROVISIONED`) they are never that again, whatever is missing.
 */
export async function isHalfMade(parts: readonly Part[]): Promise<boolean> {
  if (parts.length === 0 || isWhole(parts)) return false;
  return !(await hadCluster(parts));
}

/** Whether any of these was ever in a cluster.  One that was not started was not, and may be without any file. */
export async function hadCluster(parts: readonly Part[]): Promise<boolean> {
  const started = parts.filter(({ slice }) => slice.state !== 'created');
  const notes = await Promise.all(
    started.map(({ engine, slice }) => engine.readFile(slice.id, slicePaths.provisioned)),
  );
  return notes.some((note) => note !== undefined);
}

function isWhole(parts: readonly Part[]): boolean {
  const numbers = new Set(parts.map(({ slice }) => sliceNumber(slice)));
  return numbers.size >= sliceCount(parts) && parts.every(({ slice }) => slice.state !== 'created');
}

/** As many as it was to have; of a cluster that is not on several hosts: 1. */
export function sliceCount(parts: readonly Part[]): number {
  return Math.max(...parts.map(({ slice }) => Number(slice.labels[label.slices] ?? 1)));
}

/**
 * How the options that are given now differ from those that a cluster was begun with.
 *
 * @returns names of those that say another thing, and of those that are not said any more
 */
export function compareOptions(
  [part]: readonly Part[],
  given: GivenOptions,
): { readonly other: readonly string[]; readonly unsaid: readonly string[] } {
  const before: Readonly<Record<string, unknown>> = part === undefined ? {} : { ...givenBefore(part.slice) };
  // The label holds JSON, in which nothing is `undefined`.
  const now = JSON.parse(JSON.stringify(given)) as Readonly<Record<string, unknown>>;
  return {
    other: Object.keys(now).filter((option) => !isDeepStrictEqual(now[option], before[option])),
    unsaid: Object.keys(before).filter((option) => !(option in now)),
  };
}
