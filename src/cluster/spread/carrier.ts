import type { ClusterSpec } from '../../config/cluster-spec.ts';
import type { NetworkSummary } from '../../engine/engine.ts';
import { ConflictError, NotFoundError, UsageError } from '../../errors.ts';
import { networkName } from '../../plan/names.ts';
import type { Host } from './host.ts';
import { commonManager, requireManager } from './swarm.ts';

/** What carries packets between slices. */
export type Carrier =
  /** a VXLAN over a UDP port that each host publishes */
  | { readonly kind: 'ports' }
  /** a VXLAN over an overlay network of a swarm; `maker`: of the engine on which it is to be made */
  | { readonly kind: 'overlay'; readonly network: string; readonly maker?: Host }
  /** a network that is flat by itself */
  | { readonly kind: 'flat'; readonly network: string };

type Wishes = Pick<ClusterSpec, 'name' | 'underlay' | 'network' | 'encrypted'>;

/**
 * Decides what carries the network between slices.
 *
 * @throws {UsageError} when it is to be encrypted and cannot be
 * @throws {NotFoundError} when a network was named that a host has not got
 * @throws {ConflictError} when that cannot carry it, or there is no swarm
 */
export async function chooseCarrier(hosts: readonly Host[], wishes: Wishes): Promise<Carrier> {
  if (wishes.network !== undefined) return namedNetwork(hosts, wishes.network);
  if (wishes.underlay === 'vxlan') return { kind: 'ports' };
  const maker = wishes.underlay === 'swarm' ? requireManager(hosts) : commonManager(hosts);
  if (maker !== undefined) return { kind: 'overlay', network: networkName(wishes.name), maker };
  if (!wishes.encrypted) return { kind: 'ports' };
  throw new UsageError('nothing is encrypted where the engines are in no swarm together: a VXLAN is not', {
    hint: 'leave --encrypted out, and let the hosts reach each other by a network that is (WireGuard, IPsec)',
  });
}

async function namedNetwork(hosts: readonly Host[], name: string): Promise<Carrier> {
  const found = await Promise.all(
    hosts.map(async (host) => {
      const there = (await host.engine.listNetworks()).find((network) => network.name === name);
      return { host, there };
    }),
  );
  const overlay = found.find(({ there }) => there?.scope === 'swarm')?.there;
  if (overlay !== undefined) return overOverlay(hosts, overlay);
  const without = found.filter(({ there }) => there === undefined).map(({ host }) => host.endpoint);
  if (without.length > 0) throw notThere(name, without);
  const bridge = found.find(({ there }) => there?.driver === 'bridge' || there?.driver === 'host');
  if (bridge === undefined) return { kind: 'flat', network: name };
  throw new ConflictError(`the network ${name} of ${bridge.host.endpoint} reaches no other host: it is a bridge`, {
    hint: 'name an attachable overlay of a swarm, or a macvlan network; or leave it out',
  });
}

function overOverlay(hosts: readonly Host[], { name, attachable, driver }: NetworkSummary): Carrier {
  // Those that are no managers know a network only while a container of theirs is on it.
  requireManager(hosts);
  if (driver === 'macvlan' || driver === 'ipvlan') return { kind: 'flat', network: name };
  if (attachable) return { kind: 'overlay', network: name };
  throw new ConflictError(`the network ${name} is for services of the swarm only`, {
    hint: `make one that is not: docker network create --driver overlay --attachable NAME`,
  });
}

function notThere(name: string, hosts: readonly string[]): NotFoundError {
  return new NotFoundError(`there is no network ${name} on ${hosts.join(', ')}`, {
    hint: 'make it there by that name (docker network create), or leave --network out',
  });
}
