import type { ClusterSpec } from '../../config/cluster-spec.ts';
import { networksOf } from '../../config/network-options.ts';
import { overlaps } from '../../config/subnet.ts';
import type { EngineProvider } from '../../engine/engine-provider.ts';
import type { NetworkSummary } from '../../engine/engine.ts';
import { ConflictError, NotFoundError, UsageError } from '../../errors.ts';
import { networkName } from '../../plan/names.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Host } from '../up/hosts.ts';

/** What carries packets between slices. */
export type Underlay =
  /** nothing: there is one host */
  | { readonly kind: 'none' }
  /** a UDP port that each host publishes */
  | { readonly kind: 'ports' }
  /** an attachable network of a swarm; `manager`: the host that creates it, unless it exists */
  | { readonly kind: 'swarm'; readonly network: string; readonly manager?: Host }
  /** a network of the engines that carries the nodes' addresses itself */
  | { readonly kind: 'flat'; readonly network: string };

type Options = Pick<ClusterSpec, 'name' | 'underlay' | 'network' | 'encrypted'>;

/**
 * Decides what carries the network between slices.
 *
 * @throws {UsageError} when it is to be encrypted and cannot be
 * @throws {NotFoundError} when a host lacks the named network
 * @throws {ConflictError} when that network cannot carry it, or there is no swarm
 */
export async function chooseUnderlay(hosts: readonly Host[], options: Options): Promise<Underlay> {
  if (hosts.length === 1) return { kind: 'none' };
  if (options.network !== undefined) return namedNetwork(hosts, options.network);
  if (options.underlay === 'vxlan') return { kind: 'ports' };
  const manager = options.underlay === 'swarm' ? requireManager(hosts) : commonManager(hosts);
  if (manager !== undefined) return { kind: 'swarm', network: networkName(options.name), manager };
  if (!options.encrypted) return { kind: 'ports' };
  throw new UsageError('--encrypted requires a swarm that all engines are in; VXLAN traffic is not encrypted', {
    hint: 'leave --encrypted out, and connect the hosts by an encrypted network (WireGuard, IPsec)',
  });
}

async function namedNetwork(hosts: readonly Host[], name: string): Promise<Underlay> {
  const found = await Promise.all(
    hosts.map(async (host) => {
      const network = (await host.engine.listNetworks()).find((each) => each.name === name);
      return { host, network };
    }),
  );
  const overlay = found.find(({ network }) => network?.scope === 'swarm')?.network;
  if (overlay !== undefined) return inSwarm(hosts, overlay);
  const without = found.filter(({ network }) => network === undefined).map(({ host }) => host.endpoint);
  if (without.length > 0) throw networkMissing(name, without);
  const bridge = found.find(({ network }) => network?.driver === 'bridge' || network?.driver === 'host');
  if (bridge === undefined) return { kind: 'flat', network: name };
  throw new ConflictError(`network ${name} of ${bridge.host.endpoint} is a bridge, which reaches no other host`, {
    hint: 'name an attachable overlay network of a swarm, or a macvlan network; or leave --network out',
  });
}

function inSwarm(hosts: readonly Host[], { name, attachable, driver }: NetworkSummary): Underlay {
  // Workers know a network only while one of their containers is on it.
  requireManager(hosts);
  if (driver === 'macvlan' || driver === 'ipvlan') return { kind: 'flat', network: name };
  if (attachable) return { kind: 'swarm', network: name };
  throw new ConflictError(`network ${name} is not attachable: only services of the swarm can use it`, {
    hint: 'create one that is: docker network create --driver overlay --attachable NAME',
  });
}

function networkMissing(name: string, hosts: readonly string[]): NotFoundError {
  return new NotFoundError(`network ${name} does not exist on ${hosts.join(', ')}`, {
    hint: 'create it there (docker network create), or leave --network out',
  });
}

/**
 * The first host that can create networks for the swarm that all hosts are in; `undefined`: they are not in one swarm.
 */
export function commonManager(hosts: readonly Host[]): Host | undefined {
  const manager = hosts.find(({ info }) => info.swarm?.manager === true);
  const node = manager?.info.swarm?.node;
  const inSameSwarm = ({ info: { swarm } }: Host) =>
    swarm !== undefined && node !== undefined && (swarm.node === node || swarm.managers.includes(node));
  return hosts.every(inSameSwarm) ? manager : undefined;
}

/** @throws {ConflictError} saying why there is none */
function requireManager(hosts: readonly Host[]): Host {
  const manager = commonManager(hosts);
  if (manager !== undefined) return manager;
  const outside = hosts.filter(({ info }) => info.swarm === undefined);
  const why =
    outside.length > 0
      ? `not in a swarm: ${outside.map(({ endpoint }) => endpoint).join(', ')}`
      : hosts.every(({ info }) => info.swarm?.manager !== true)
        ? 'none of them is a manager'
        : 'they are in different swarms';
  throw new ConflictError(`the engines are not in one swarm that a network can be created in: ${why}`, {
    hint: 'join them (docker swarm join), or use --underlay vxlan',
  });
}

/**
 * Finds the address by which the other hosts reach each host, in their order; `undefined` where it is unknown and not
 * needed.
 *
 * @throws {UsageError} naming all hosts for which it must be given
 * @throws {ConflictError} when two hosts have the same one, or it is an address of the cluster's
 */
export async function findAddresses(
  addressOf: EngineProvider['addressOf'],
  hosts: readonly Host[],
  { underlay, network }: { readonly underlay: Underlay; readonly network: Plan['network'] },
): Promise<readonly (string | undefined)[]> {
  const needed = underlay.kind === 'ports';
  const addresses = await Promise.all(
    hosts.map(async ({ endpoint, options }) => {
      if (options.advertise !== undefined) return options.advertise;
      return needed ? addressOf(endpoint) : addressOf(endpoint).catch(() => undefined);
    }),
  );
  if (needed) refuseUnknown(hosts.filter((_, index) => addresses[index] === undefined));
  if (needed) refuseUnusable(hosts, addresses, network);
  return addresses;
}

function refuseUnknown(hosts: readonly Host[]): void {
  const [first] = hosts;
  if (first === undefined) return;
  const names = hosts.map(({ endpoint }) => endpoint).join(', ');
  throw new UsageError(`unknown address: how do the other hosts reach ${names}?`, {
    hint: `name it: --host ${first.endpoint},advertise=IP`,
  });
}

function refuseUnusable(
  hosts: readonly Host[],
  addresses: readonly (string | undefined)[],
  network: Plan['network'],
): void {
  const known = hosts.map(({ endpoint: name }, index) => ({ name, address: addresses[index] ?? '' }));
  for (const { name, address } of known) {
    const twin = known.find((other) => other.name !== name && other.address === address)?.name;
    if (twin !== undefined) throw new ConflictError(`${name} and ${twin} have the same address: ${address}`, { hint });
    const clash = networksOf(network).find(({ subnet }) => overlaps(`${address}/32`, subnet));
    if (clash === undefined) continue;
    throw new ConflictError(`address ${address} of ${name} is in the cluster's subnet ${clash.subnet}`, {
      hint: `choose another subnet: ${clash.flag}`,
    });
  }
}

const hint = 'give each host its own: --host ENDPOINT,advertise=IP';
