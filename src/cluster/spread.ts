import type { ContainerSummary } from '../engine/engine.ts';
import { label } from '../plan/labels.ts';

/** Whether these are of a cluster that has slices on several hosts. */
export function isSpread(slices: readonly Pick<ContainerSummary, 'labels'>[]): boolean {
  return slices.some(({ labels }) => Number(labels[label.slices] ?? 1) > 1);
}
