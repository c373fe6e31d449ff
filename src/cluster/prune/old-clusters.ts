import type { ContainerDetails, Engine } from '../../engine/engine.ts';
import { isSlice, ofCluster } from '../../plan/labels.ts';
import { findClusters, type LocalCluster } from '../find.ts';
import { fleetOf } from '../fleet/fleet.ts';
import { isSpread } from '../spread.ts';
import { type AgeGate, isIdle, isOlder, type Prunable } from './prunable.ts';

/**
 * Clusters that are stopped or half-made for longer than the gate says.  Those whose time (`--ttl`) is over are gone by now:
 * every command removes them as soon as it is connected.
 */
export async function findOldClusters(engine: Engine, gate: AgeGate): Promise<readonly Prunable[]> {
  const found = await Promise.all((await findClusters(engine)).map((cluster) => judge(engine, cluster, gate)));
  return found.flatMap((prunable) => prunable ?? []);
}

async function judge(
  engine: Engine,
  { name, slices: here }: LocalCluster,
  gate: AgeGate,
): Promise<Prunable | undefined> {
  if (!here.every(isIdle)) return undefined;
  const slices = await wholeOf(engine, name, here);
  if (slices?.every(isIdle) !== true) return undefined;
  const details = await Promise.all(slices.map(({ id }) => engine.inspectContainer(id)));
  const reason = whyOld(
    details.flatMap((slice) => slice ?? []),
    gate,
  );
  if (reason === undefined) return undefined;
  const all = await engine.findContainers(ofCluster(name));
  const containers = all.map(({ id }) => id);
  return { kind: 'cluster', name, reason, size: null, containers, remove: () => removeCluster(engine, name) };
}

/** Those on other hosts, too; `undefined` when one cannot be reached: it may be in use there. */
async function wholeOf(engine: Engine, name: string, here: LocalCluster['slices']) {
  const fleet = fleetOf(engine);
  if (fleet === undefined || !isSpread(here)) return here;
  const { slices, missing } = await fleet.gather(name, here);
  return missing.some(({ reason }) => reason !== 'gone') ? undefined : slices;
}

/** `undefined` when it is not. */
function whyOld(slices: readonly ContainerDetails[], gate: AgeGate): string | undefined {
  if (slices.length === 0 || !slices.every(isIdle)) return undefined;
  const since = Math.max(...slices.map(idleSince));
  if (!isOlder(since, gate)) return undefined;
  const begun = slices.every(({ startedAt }) => startedAt === '');
  return `${begun ? 'half-made' : 'stopped'} since ${new Date(since * 1000).toISOString().replace(/\.\d+Z$/, 'Z')}`;
}

/** Seconds since the epoch.  The engine has no time of an end for what it never started. */
function idleSince({ finishedAt, createdAt }: ContainerDetails): number {
  return finishedAt === '' ? createdAt : Date.parse(finishedAt) / 1000;
}

/**
 * Slices first, and only if they still do not run.  Then what was there a moment before, and no more: as soon as the slice's
 * name is free, an `up` may make the cluster anew.
 */
async function removeCluster(engine: Engine, name: string): Promise<boolean> {
  const labels = ofCluster(name);
  const [containers, networks, volumes] = await Promise.all([
    engine.findContainers(labels),
    engine.findNetworks(labels),
    engine.findVolumes(labels),
  ]);
  for (const { id } of containers.filter(isSlice)) if (!(await engine.removeStopped(id))) return false;
  await Promise.all(containers.map(({ id }) => engine.removeContainer(id)));
  await Promise.all(networks.map(({ id }) => engine.removeNetwork(id)));
  await Promise.all(volumes.map((volume) => engine.removeVolume(volume.name)));
  await fleetOf(engine)?.forget(name);
  return true;
}
