import type { ContainerDetails, ContainerState, Engine, Labels } from '../../engine/engine.ts';
import { isSlice, label, ofCluster } from '../../plan/labels.ts';
import { scratchLabel } from '../../plan/scratch-container.ts';
import { findClusters, isFound, type LocalCluster, searchCluster } from '../find.ts';
import { clusterFinderOf } from '../multi-engine/multi-engine.ts';
import { findResources, removeResources } from '../resources.ts';

/** An unused resource that `prune` can remove. */
export interface Prunable {
  readonly kind: 'cluster' | 'relay' | 'network' | 'volume' | 'container' | 'image';
  readonly name: string;
  readonly reason: string;
  /** bytes, for images only; an upper limit of what is freed, because images share layers */
  readonly size: number | null;
  /** ids of the containers that are removed with it */
  readonly containers: readonly string[];
  /** @returns false when it is in use again and was kept */
  readonly remove: () => Promise<boolean>;
}

/** Younger resources are kept, because an `up` could be using them. */
export interface AgeGate {
  readonly now: Date;
  readonly olderThanSeconds: number;
}

/** @param since seconds since the epoch */
export function isOlder(since: number, { now, olderThanSeconds }: AgeGate): boolean {
  return now.getTime() / 1000 - since >= olderThanSeconds;
}

/** Whether a container neither runs nor is about to. */
function isIdle({ state }: { readonly state: ContainerState }): boolean {
  return state === 'created' || state === 'exited' || state === 'dead';
}

/**
 * Finds clusters that have been stopped or partly created for a long time.  Expired clusters (`--ttl`) are already
 * gone, because every command removes them when it connects.
 */
export async function findUnusedClusters(engine: Engine, gate: AgeGate): Promise<readonly Prunable[]> {
  const found = await Promise.all((await findClusters(engine)).map((cluster) => judge(engine, cluster, gate)));
  return found.flatMap((prunable) => prunable ?? []);
}

async function judge(
  engine: Engine,
  { name, slices: here }: LocalCluster,
  gate: AgeGate,
): Promise<Prunable | undefined> {
  if (!here.every(isIdle)) return undefined;
  const cluster = await searchCluster(engine, () => name);
  if (cluster === undefined || !isFound(cluster)) return undefined;
  const { slices, missing } = cluster;
  // On a host that cannot be reached, it can be in use.
  if (missing.some(({ reason }) => reason !== 'gone') || !slices.every(isIdle)) return undefined;
  const details = await Promise.all(slices.map(({ id }) => engine.inspectContainer(id)));
  const reason = whyUnused(
    details.flatMap((slice) => slice ?? []),
    gate,
  );
  if (reason === undefined) return undefined;
  const all = await engine.findContainers(ofCluster(name));
  const containers = all.map(({ id }) => id);
  return { kind: 'cluster', name, reason, size: null, containers, remove: () => removeCluster(engine, name) };
}

/** `undefined` when the cluster is in use or too young. */
function whyUnused(slices: readonly ContainerDetails[], gate: AgeGate): string | undefined {
  if (slices.length === 0 || !slices.every(isIdle)) return undefined;
  const since = Math.max(...slices.map(idleSince));
  if (!isOlder(since, gate)) return undefined;
  const neverStarted = slices.every(({ startedAt }) => startedAt === '');
  return `${neverStarted ? 'partly created' : 'stopped'} since ${new Date(since * 1000).toISOString().replace(/\.\d+Z$/, 'Z')}`;
}

/** Seconds since the epoch.  A container that was never started has no end time. */
function idleSince({ finishedAt, createdAt }: ContainerDetails): number {
  return finishedAt === '' ? createdAt : Date.parse(finishedAt) / 1000;
}

/**
 * Removes the slices first, unless they run again.  Then removes only what was found before, because as soon as the
 * slice's name is free, an `up` can recreate the cluster.
 */
async function removeCluster(engine: Engine, name: string): Promise<boolean> {
  const found = await findResources(engine, ofCluster(name));
  for (const { id } of found.containers.filter(isSlice)) if (!(await engine.removeStopped(id))) return false;
  await removeResources(engine, found);
  await clusterFinderOf(engine)?.forget(name);
  return true;
}

/** Finds relays, networks and volumes of clusters without slices, left by an `up` or `down` that was killed. */
export async function findLeftovers(engine: Engine, gate: AgeGate): Promise<readonly Prunable[]> {
  const [containers, networks, volumes] = await Promise.all([
    engine.findContainers(ofCluster()),
    engine.findNetworks(ofCluster()),
    engine.findVolumes(ofCluster()),
  ]);
  const existing = new Set(containers.filter(isSlice).map(({ labels }) => labels[label.cluster]));
  const isLeftover = ({ labels, createdAt }: { readonly labels: Labels; readonly createdAt: number }) =>
    !existing.has(labels[label.cluster]) && isOlder(createdAt, gate);
  const leftover = leftoverOf(engine);
  return [
    ...containers
      .filter((container) => !isSlice(container) && isLeftover(container))
      .map((relay) => leftover('relay', relay, () => engine.removeContainer(relay.id))),
    ...networks
      .filter(isLeftover)
      .map((network) => leftover('network', network, () => engine.removeNetwork(network.id))),
    ...volumes.filter(isLeftover).map((volume) => leftover('volume', volume, () => engine.removeVolume(volume.name))),
  ];
}

/** Finds scratch containers, which read from an image or look at the engine's machine. */
export async function findScratchContainers(engine: Engine, gate: AgeGate): Promise<readonly Prunable[]> {
  const containers = await engine.findContainers({ [scratchLabel]: '' });
  return containers
    .filter((container) => isIdle(container) && isOlder(container.createdAt, gate))
    .map(({ id, name }) => ({
      kind: 'container',
      name,
      reason: 'scratch container',
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
      reason: `cluster ${cluster} no longer exists`,
      size: null,
      containers: kind === 'relay' && id !== undefined ? [id] : [],
      remove: async () => {
        // An `up` can have started in the meantime.
        if ((await engine.findContainers(ofCluster(cluster))).some(isSlice)) return false;
        await remove();
        return true;
      },
    };
  };
}
