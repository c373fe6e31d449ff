import type { ContainerDetails, Engine } from '../../engine/engine.ts';
import { label } from '../../plan/labels.ts';
import { networkName } from '../../plan/names.ts';
import { ensureNetwork } from './network.ts';
import { startSlice } from './start.ts';

/**
 * Starts the container of a cluster that is stopped; makes its network anew if somebody has removed it.
 *
 * @param cluster its name
 * @param onNetwork is called with the network's id, if it was made
 * @throws {PortTakenError} when its port is in use
 */
export async function startAgain(
  engine: Engine,
  cluster: string,
  container: ContainerDetails,
  onNetwork: (id: string) => void = () => undefined,
): Promise<void> {
  if (hasOwnNetwork(container)) {
    const network = await ensureNetwork(engine, {
      name: networkName(cluster),
      labels: networkLabels(container.labels),
    });
    if (network !== undefined) onNetwork(network);
  }
  const hint = `the cluster keeps its port: end what uses it, or make the cluster anew: vcluster-box down ${cluster}`;
  await startSlice(engine, container.id, hint);
}

/** One of several slices that publishes no UDP port is on a network that is on several hosts. */
function hasOwnNetwork({ labels, ports }: ContainerDetails): boolean {
  return Number(labels[label.slices] ?? 1) === 1 || ports.some(({ protocol }) => protocol === 'udp');
}

/** Of the container's: it has those of its image too, and the number of its slice. */
function networkLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const keys: readonly string[] = [label.cluster, label.spec, label.version, label.run, label.expires];
  return Object.fromEntries(Object.entries(labels).filter(([key]) => keys.includes(key)));
}
