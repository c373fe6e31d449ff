import type { Engine } from '../../engine/engine.ts';
import { EngineError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import {
  type AgeGate,
  findLeftovers,
  findUnusedClusters,
  findScratchContainers,
  type Prunable,
} from './unused-clusters.ts';
import { findUnusedImages } from './unused-images.ts';

const hourSeconds = 3600;

export interface PruneOptions {
  readonly now: Date;
  /** for all kinds; by default a day, and an hour for scratch containers */
  readonly olderThanSeconds?: number | undefined;
  /** Only find, remove nothing. */
  readonly dryRun: boolean;
  readonly report: Report;
}

export interface Pruned extends Pick<Prunable, 'kind' | 'name' | 'reason' | 'size'> {
  /** false for a dry run, or when the engine refused to remove it */
  readonly removed: boolean;
}

/** Removes unused resources by label and age; never a running or paused container. */
export async function prune(engine: Engine, options: PruneOptions): Promise<readonly Pruned[]> {
  const gate = (otherwise: number): AgeGate => ({
    now: options.now,
    olderThanSeconds: options.olderThanSeconds ?? otherwise,
  });
  const found = [
    ...(await findUnusedClusters(engine, gate(24 * hourSeconds))),
    ...(await findLeftovers(engine, gate(24 * hourSeconds))),
    ...(await findScratchContainers(engine, gate(hourSeconds))),
  ];
  const first = await removeAll(found, options);
  // Last, because images of removed clusters are unused now.
  const gone = new Set(found.flatMap(({ containers }, index) => (first[index]?.kept === true ? [] : containers)));
  const images = await removeAll(await findUnusedImages(engine, gate(24 * hourSeconds), gone), options);
  return [...first, ...images].filter(({ kept }) => !kept).map(({ pruned }) => pruned);
}

interface Attempted {
  readonly pruned: Pruned;
  /** still exists */
  readonly kept: boolean;
}

/** Sequentially: an image can be removed only after the images that are built on it. */
async function removeAll(found: readonly Prunable[], options: PruneOptions): Promise<readonly Attempted[]> {
  const attempted: Attempted[] = [];
  for (const one of found) {
    const { kind, name, reason, size } = one;
    const removed = !options.dryRun && (await removeOne(one, options.report));
    attempted.push({ pruned: { kind, name, reason, size, removed }, kept: !options.dryRun && !removed });
  }
  return attempted;
}

async function removeOne({ kind, name, remove }: Prunable, report: Report): Promise<boolean> {
  try {
    if (await remove()) return true;
    report({ type: 'notice', message: `${kind} ${name} is in use again and was kept` });
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    report({ type: 'warning', message: `cannot remove ${kind} ${name}: ${error.message}` });
  }
  return false;
}
