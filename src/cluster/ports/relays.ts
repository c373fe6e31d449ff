import type { ContainerDetails, Engine } from '../../engine/engine.ts';
import { isSlice, label, ofCluster } from '../../plan/labels.ts';
import { startContainer } from '../up/start-container.ts';

/** The relay containers of a cluster, running or not, by the port that they publish. */
export async function findRelays(engine: Engine, cluster: string): Promise<readonly ContainerDetails[]> {
  const found = (await engine.findContainers(ofCluster(cluster))).filter((container) => !isSlice(container));
  const details = await Promise.all(found.map(({ id }) => engine.inspectContainer(id)));
  return details.flatMap((relay) => relay ?? []).sort((a, b) => hostPort(a) - hostPort(b));
}

function hostPort({ ports }: ContainerDetails): number {
  return ports[0]?.hostPort ?? 0;
}

/**
 * Starts the relays of a cluster that do not run, as after a restart of an engine whose restart policy leaves them.
 *
 * @returns how many those were
 * @throws {PortTakenError} when somebody else has taken a port meanwhile
 */
export async function startRelays(engine: Engine, cluster: string): Promise<number> {
  const stopped = (await findRelays(engine, cluster)).filter(({ state }) => state !== 'running');
  for (const { id, ports } of stopped) {
    const port = ports[0]?.hostPort ?? 0;
    await startContainer(engine, id, `end what uses it, or take it back: vcluster-box -c ${cluster} port rm ${port}`);
  }
  return stopped.length;
}

/**
 * Takes back the ports of a node that is gone: a later node may get its name and its address.
 *
 * @param node its full name
 */
export async function closePorts(engine: Engine, cluster: string, node: string): Promise<void> {
  const relays = await findRelays(engine, cluster);
  const closing = relays.filter(({ labels }) => (labels[label.port] ?? '').startsWith(`${node}:`));
  await Promise.all(closing.map(({ id }) => engine.removeContainer(id)));
}
