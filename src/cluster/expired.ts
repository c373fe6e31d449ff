import type { ContainerState, ContainerSummary, Engine } from '../engine/engine.ts';
import type { Report } from '../events.ts';
import { label } from '../plan/labels.ts';
import { removeClusters } from './down.ts';

/**
 * Removes clusters whose time is over (`up --ttl`).  The slice has stopped itself then; one that still runs is left alone,
 * for the engine's clock may be behind ours, and one that is paused could not stop itself.
 */
export async function removeExpired(engine: Engine, now: Date, report: Report): Promise<void> {
  const containers = await engine.findContainers({ [label.expires]: '' });
  const over = containers.filter((container) => isOver(container, now));
  const names = [...new Set(over.map(({ labels }) => labels[label.cluster] ?? ''))];
  if (names.length === 0) return;
  report({ type: 'notice', message: `The time that was set for ${names.join(', ')} is over.` });
  await removeClusters(engine, names, report);
}

function isOver({ state, labels }: ContainerSummary, now: Date): boolean {
  return !busy.includes(state) && Date.parse(labels[label.expires] ?? '') <= now.getTime();
}

const busy: readonly ContainerState[] = ['running', 'restarting', 'removing'];
