import { ConflictError } from '../../errors.ts';
import { ofCluster } from '../../plan/labels.ts';
import { findLabelled } from '../labelled.ts';
import { hadCluster, type Part } from './half-made.ts';
import type { Host } from './host.ts';
import { onAllHosts } from './on-host.ts';

type OnHost = Part & { readonly host: Host };

/**
 * Removes what is left of a cluster that never was one, and nothing that has come since it was looked at.
 *
 * Slices that were not started go first, and the engine has the word: where somebody has started one meanwhile, it may become a cluster,
 * and stays.  Without that one, or without one that was missing before, the others never will, for each waits for all.
 *
 * @throws {ConflictError} when somebody has started it meanwhile
 */
export async function removeHalfMade(hosts: readonly Host[], parts: readonly OnHost[], name: string): Promise<void> {
  const networks = await onAllHosts(hosts, async (host) => {
    return { endpoint: host.endpoint, host, ids: (await findLabelled(host.engine, ofCluster(name))).networks };
  });
  const placed = parts.map((part) => ({ ...part, endpoint: part.host.endpoint }));
  const idle = placed.filter(({ slice }) => slice.state === 'created');
  const gone = await onAllHosts(idle, ({ engine, slice }) => engine.removeStopped(slice.id));
  const others = placed.filter(({ slice }) => slice.state !== 'created');
  if (gone.includes(false) || (await hadCluster(others))) throw startedMeanwhile(name);
  await onAllHosts(others, ({ engine, slice }) => engine.removeContainer(slice.id));
  await onAllHosts(networks, async ({ host, ids }) => {
    await Promise.all(ids.map((id) => host.engine.removeNetwork(id)));
  });
}

function startedMeanwhile(name: string): ConflictError {
  return new ConflictError(`somebody has just started what was left of the cluster ${name}`, {
    hint: `try again, or remove it: vcluster-box down ${name}`,
  });
}
