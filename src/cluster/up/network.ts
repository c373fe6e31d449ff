import type { Engine, NetworkSettings } from '../../engine/engine.ts';
import { AddressPoolError, ConflictError, NameTakenError } from '../../errors.ts';
import { label, ofCluster } from '../../plan/labels.ts';
import { overlaps, smallSubnets } from '../../config/subnet.ts';

/**
 * The network of the cluster's container: made, or found as an earlier run left it.
 *
 * @returns the id of the one that was made; `undefined` when it was there
 * @throws {ConflictError} when a network of that name is none of ours
 */
export async function ensureNetwork(engine: Engine, settings: NetworkSettings): Promise<string | undefined> {
  try {
    return await createNetwork(engine, settings);
  } catch (error) {
    if (!(error instanceof NameTakenError)) throw error;
    const ours = await engine.findNetworks(ofCluster(settings.labels[label.cluster]));
    if (ours.some(({ name }) => name === settings.name)) return undefined;
    throw new ConflictError(`there is a network ${settings.name} that vcluster-box did not make`, {
      hint: `choose another name (vcluster-box up NAME), or remove it: docker network rm ${settings.name}`,
    });
  }
}

/**
 * The engine chooses the subnet, for it knows the host's routes; its pools end at about 30 networks, though, and then a
 * small one is chosen that no network of the engine has.
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
