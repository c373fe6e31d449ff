import type { Engine } from '../../engine/engine.ts';
import { EngineError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import {
  type AgeGate,
  findLeftovers,
  findOldClusters,
  findScratchContainers,
  type Prunable,
} from './unused-clusters.ts';
import { findOldImages } from './unused-images.ts';

const hourSeconds = 3600;

export interface PruneOptions {
  readonly now: Date;
  /** for all kinds; left out: a day, and an hour for containers that were to be thrown away */
  readonly olderThanSeconds?: number | undefined;
  /** Remove nothing, only find. */
  readonly dryRun: boolean;
  readonly report: Report;
}

export interface Pruned extends Pick<Prunable, 'kind' | 'name' | 'reason' | 'size'> {
  /** false: it was only found, or the engine would not remove it */
  readonly removed: boolean;
}

/** Removes what nobody needs any more, by label and age, and never anything that runs or is paused. */
export async function prune(engine: Engine, options: PruneOptions): Promise<readonly Pruned[]> {
  const gate = (otherwise: number): AgeGate => ({
    now: options.now,
    olderThanSeconds: options.olderThanSeconds ?? otherwise,
  });
  const found = [
    ...(await findOldClusters(engine, gate(24 * hourSeconds))),
    ...(await findLeftovers(engine, gate(24 * hourSeconds))),
    ...(await findScratchContainers(engine, gate(hourSeconds))),
  ];
  const first = await removeAll(found, options);
  // Only now, for the clusters that are gone have left images that nobody uses any more.
  const gone = new Set(found.flatMap(({ containers }, index) => (first[index]?.kept === true ? [] : containers)));
  const images = await removeAll(await findOldImages(engine, gate(24 * hourSeconds), gone), options);
  return [...first, ...images].filter(({ kept }) => !kept).map(({ pruned }) => pruned);
}

interface Outcome {
  readonly pruned: Pruned;
  /** it is still there, and in use */
  readonly kept: boolean;
}

/** One after the other: an image goes only when nothing is built on it any more. */
async function removeAll(found: readonly Prunable[], options: PruneOptions): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const one of found) {
    const { kind, name, reason, size } = one;
    const removed = !options.dryRun && (await removeOne(one, options.report));
    outcomes.push({ pruned: { kind, name, reason, size, removed }, kept: !options.dryRun && !removed });
  }
  return outcomes;
}

async function removeOne({ kind, name, remove }: Prunable, report: Report): Promise<boolean> {
  try {
    if (await remove()) return true;
    report({ type: 'notice', message: `${kind} ${name} is in use again, and stays` });
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    report({ type: 'warning', message: `${kind} ${name} stays: ${error.message}` });
  }
  return false;
}
