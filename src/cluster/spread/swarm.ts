import { ConflictError } from '../../errors.ts';
import type { Host } from './host.ts';

/** The first of the hosts that can make networks for the swarm that all of them are in; `undefined`: they are in none together. */
export function commonManager(hosts: readonly Host[]): Host | undefined {
  const manager = hosts.find(({ info }) => info.swarm?.manager === true);
  const node = manager?.info.swarm?.node;
  const inIt = ({ info: { swarm } }: Host) =>
    swarm !== undefined && node !== undefined && (swarm.node === node || swarm.managers.includes(node));
  return hosts.every(inIt) ? manager : undefined;
}

/** @throws {ConflictError} saying why there is none */
export function requireManager(hosts: readonly Host[]): Host {
  const manager = commonManager(hosts);
  if (manager !== undefined) return manager;
  const outside = hosts.filter(({ info }) => info.swarm === undefined);
  const none = hosts.every(({ info }) => info.swarm?.manager !== true);
  const why =
    outside.length > 0
      ? `not in a swarm: ${outside.map(({ endpoint }) => endpoint).join(', ')}`
      : none
        ? 'none of them is a manager'
        : 'they are in several';
  throw new ConflictError(`the engines of the hosts are not in one swarm that a network can be made in: ${why}`, {
    hint: 'join them (docker swarm join), or do without: --underlay vxlan',
  });
}
