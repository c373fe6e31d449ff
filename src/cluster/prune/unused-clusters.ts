import type { ContainerDetails, ContainerState, Engine, Labels } from '../../engine/engine.ts';
import { isSlice, label, ofCluster } from '../../plan/labels.ts';
import { scratchLabel } from '../../plan/scratch-container.ts';
import { findClusters, type LocalCluster } from '../find.ts';
import { fleetOf } from '../fleet/fleet.ts';
import { findLabelled, removeFound } from '../labelled.ts';
import { isSpread } from '../spread.ts';

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
function isIdle({ state }: { readonly state: ContainerState }): boolean {
  return state === 'created' || state === 'exited' || state === 'dead';
}

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
  const found = await findLabelled(engine, ofCluster(name));
  for (const { id } of found.containers.filter(isSlice)) if (!(await engine.removeStopped(id))) return false;
  await removeFound(engine, found);
  await fleetOf(engine)?.forget(name);
  return true;
}

/** Relays, networks and volumes of clusters whose slices are gone: an `up` or `down` that was killed leaves such. */
export async function findLeftovers(engine: Engine, gate: AgeGate): Promise<readonly Prunable[]> {
  const [containers, networks, volumes] = await Promise.all([
    engine.findContainers(ofCluster()),
    engine.findNetworks(ofCluster()),
    engine.findVolumes(ofCluster()),
  ]);
  const alive = new Set(containers.filter(isSlice).map(({ labels }) => labels[label.cluster]));
  const isLeft = ({ labels, createdAt }: { readonly labels: Labels; readonly createdAt: number }) =>
    !alive.has(labels[label.cluster]) && isOlder(createdAt, gate);
  const leftover = leftoverOf(engine);
  return [
    ...containers
      .filter((container) => !isSlice(container) && isLeft(container))
      .map((relay) => leftover('relay', relay, () => engine.removeContainer(relay.id))),
    ...networks.filter(isLeft).map((network) => leftover('network', network, () => engine.removeNetwork(network.id))),
    ...volumes.filter(isLeft).map((volume) => leftover('volume', volume, () => engine.removeVolume(volume.name))),
  ];
}

/** Containers that were made to look into an image or at the engine's machine. */
export async function findScratchContainers(engine: Engine, gate: AgeGate): Promise<readonly Prunable[]> {
  const containers = await engine.findContainers({ [scratchLabel]: '' });
  return containers
    .filter((container) => isIdle(container) && isOlder(container.createdAt, gate))
    .map(({ id, name }) => ({
      kind: 'container',
      name,
      reason: 'was to be thrown away',
      size: null,
      containers: [id],
      remove: () => engine.removeStopped(id),
    }));
}

interface Labelled {
  readonly id?: string;
  readonly name: string;
  readonly labels: Labels;
}

function leftoverOf(engine: Engine) {
  return (kind: Prunable['kind'], { id, name, labels }: Labelled, remove: () => Promise<void>): Prunable => {
    const cluster = labels[label.cluster] ?? '';
    return {
      kind,
      name,
      reason: `there is no cluster ${cluster} any more`,
      size: null,
      containers: kind === 'relay' && id !== undefined ? [id] : [],
      remove: async () => {
        // An `up` that began meanwhile has made its container first.
        if ((await engine.findContainers(ofCluster(cluster))).some(isSlice)) return false;
        await remove();
        return true;
      },
    };
  };
}
