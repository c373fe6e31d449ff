import type { ContainerState, ContainerSummary, Engine } from '../engine/engine.ts';
import { EngineError } from '../errors.ts';
import type { Report } from '../events.ts';
import { isSlice, label } from '../plan/labels.ts';
import { describeMissing } from './fleet/missing.ts';
import { findWhole, removeFound } from './labelled.ts';

/**
 * Removes clusters whose time is over (`up --ttl`).  The slice has stopped itself then; one that still runs is left alone,
 * for the engine's clock may be behind ours, and one that is paused could not stop itself.
 *
 * One that cannot be removed is warned of: whoever asked for something else gets that.
 */
export async function removeExpired(engine: Engine, now: Date, report: Report): Promise<void> {
  const containers = await engine.findContainers({ [label.expires]: '' });
  const over = containers.filter((container) => isOver(container, now));
  for (const name of new Set(over.map(({ labels }) => labels[label.cluster] ?? ''))) {
    try {
      await removeOne(engine, name, now, report);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      const message = `cluster ${name}, whose time is over, could not be removed: ${error.message}`;
      report({ type: 'warning', message, hint: `vcluster-box down ${name}` });
    }
  }
}

/** Looks again first, and removes only what it saw: another command may have made a cluster of that name anew meanwhile. */
async function removeOne(engine: Engine, name: string, now: Date, report: Report): Promise<void> {
  const found = await findWhole(engine, name);
  const slices = found.containers.filter(isSlice);
  if (slices.length === 0 || !slices.every((slice) => isOver(slice, now))) return;
  await removeFound(engine, found);
  report({ type: 'notice', message: `The time that was set for ${name} is over.  It was removed.` });
  for (const missing of found.missing) {
    report({ type: 'warning', message: `there may be something left of ${name}: ${describeMissing(missing)}` });
  }
}

function isOver({ state, labels }: ContainerSummary, now: Date): boolean {
  return !busy.includes(state) && Date.parse(labels[label.expires] ?? '') <= now.getTime();
}

const busy: readonly ContainerState[] = ['running', 'restarting', 'removing'];
