import type { ContainerDetails, Engine, NetworkSettings } from '../../engine/engine.ts';
import { AddressPoolError, ConflictError, NameTakenError } from '../../errors.ts';
import { label, ofCluster } from '../../plan/labels.ts';
import { overlaps, smallSubnets } from '../../config/subnet.ts';
import { startContainer } from '../ports/free-port.ts';

/**
 * Creates the network of a cluster's container, unless it exists from an earlier run.
 *
 * @returns its ID; `undefined` when it already exists
 * @throws {ConflictError} when a network of that name exists that vcluster-box did not create
 */
export async function ensureNetwork(engine: Engine, settings: NetworkSettings): Promise<string | undefined> {
  try {
    return await createNetwork(engine, settings);
  } catch (error) {
    if (!(error instanceof NameTakenError)) throw error;
    const ours = await engine.findNetworks(ofCluster(settings.labels[label.cluster]));
    if (ours.some(({ name }) => name === settings.name)) return undefined;
    throw new ConflictError(`network ${settings.name} already exists, and vcluster-box did not create it`, {
      hint: `choose another name (vcluster-box up NAME), or remove it: docker network rm ${settings.name}`,
    });
  }
}

/**
 * The engine chooses the subnet, because it knows the host's routes.  Its pools have room for about 30 networks.  After
 * that, this function chooses a small subnet that no network of the engine uses.
 */
async function createNetwork(engine: Engine, settings: NetworkSettings): Promise<string> {
  try {
    return await engine.createNetwork(settings);
  } catch (error) {
    if (!(error instanceof AddressPoolError)) throw error;
    const taken = (await engine.listNetworks()).flatMap(({ subnets }) => subnets);
    for (const subnet of smallSubnets()) {
      if (taken.some((other) => overlaps(subnet, other))) continue;
      return engine.createNetwork({ ...settings, subnet });
    }
    throw error;
  }
}

/** A network that all hosts of a swarm share. */
export function overlayNetwork(network: NetworkSettings, encrypted: boolean): NetworkSettings {
  return { ...network, driver: 'overlay', attachable: true, options: encrypted ? { encrypted: '' } : {} };
}

/**
 * Starts a stopped container.  The engine remembers its networks by id, and `docker network prune` removes the networks
 * of stopped containers: then the container gets the network that has the name now.
 *
 * @param otherwise see `startContainer`
 */
export async function startExisting(engine: Engine, container: ContainerDetails, otherwise: string): Promise<void> {
  const existing = new Set((await engine.listNetworks()).flatMap(({ id, name }) => [id, name]));
  for (const [name, id] of Object.entries(container.networkIds)) {
    if (id !== '' && !existing.has(id)) await engine.reconnectNetwork(container.id, name);
  }
  await startContainer(engine, container.id, otherwise);
}
