import type { ContainerState, ContainerSummary, Engine } from '../engine/engine.ts';
import { EngineError } from '../errors.ts';
import type { Report } from '../events.ts';
import { isSlice, label, ofCluster } from '../plan/labels.ts';
import { describeMissing } from './availability.ts';
import { findClusterResources, removeResources } from './resources.ts';

/**
 * Removes clusters whose time to live (`up --ttl`) is over.  Their slices have stopped themselves; a running slice is
 * left alone, because the engine's clock could be behind ours.  A paused slice could not stop itself and is removed.
 *
 * A failure is reported as a warning, so that the actual command can continue.
 *
 * @returns the engine, which answers the command's first search for clusters with what this one has found
 */
export async function removeExpired<E extends Engine>(engine: E, now: Date, report: Report): Promise<E> {
  const containers = await engine.findContainers(ofCluster());
  const expired = containers.filter((container) => isExpired(container, now));
  for (const name of new Set(expired.map(({ labels }) => labels[label.cluster] ?? ''))) {
    try {
      await removeOne(engine, name, now, report);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      const message = `cannot remove expired cluster ${name}: ${error.message}`;
      report({ type: 'warning', message, hint: `vcluster-box down ${name}` });
    }
  }
  return expired.length === 0 ? remembering(engine, containers) : engine;
}

/** A command that begins with other work searches again. */
const maxAgeMs = 500;

function remembering<E extends Engine>(engine: E, containers: readonly ContainerSummary[]): E {
  const until = performance.now() + maxAgeMs;
  let known: typeof containers | undefined = containers;
  const findContainers: Engine['findContainers'] = async (labels) => {
    const answer = labels[label.cluster] === '' && performance.now() < until ? known : undefined;
    known = undefined;
    return answer ?? engine.findContainers(labels);
  };
  return { ...engine, findContainers };
}

/** Checks again first and removes only what it found: another command could have recreated the cluster meanwhile. */
async function removeOne(engine: Engine, name: string, now: Date, report: Report): Promise<void> {
  const found = await findClusterResources(engine, name);
  const slices = found.containers.filter(isSlice);
  if (slices.length === 0 || !slices.every((slice) => isExpired(slice, now))) return;
  await removeResources(engine, found);
  report({ type: 'notice', message: `Removed cluster ${name}: its time to live is over.` });
  for (const missing of found.missing) {
    report({ type: 'warning', message: `resources of ${name} might remain: ${describeMissing(missing)}` });
  }
}

function isExpired({ state, labels }: ContainerSummary, now: Date): boolean {
  return !busy.includes(state) && Date.parse(labels[label.expires] ?? '') <= now.getTime();
}

const busy: readonly ContainerState[] = ['running', 'restarting', 'removing'];
