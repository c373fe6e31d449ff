import type { Engine, Labels } from '../../engine/engine.ts';
import { isSlice, label, ofCluster } from '../../plan/labels.ts';
import { throwAwayLabel } from '../../plan/throw-away.ts';
import { type AgeGate, isIdle, isOlder, type Prunable } from './prunable.ts';

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
export async function findThrowAways(engine: Engine, gate: AgeGate): Promise<readonly Prunable[]> {
  const containers = await engine.findContainers({ [throwAwayLabel]: '' });
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
