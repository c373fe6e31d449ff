import type { Engine, NetworkSettings } from '../../engine/engine.ts';
import { AddressPoolError, ConflictError, NameTakenError } from '../../errors.ts';
import { label, ofCluster } from '../../plan/labels.ts';
import { overlaps, smallSubnets } from '../../config/subnet.ts';

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
