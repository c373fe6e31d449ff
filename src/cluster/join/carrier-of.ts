import { isIPv4 } from 'node:net';
import { ConflictError, UsageError } from '../../errors.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Carrier } from '../spread/carrier.ts';
import type { Host } from '../spread/host.ts';
import { commonManager } from '../spread/swarm.ts';

interface There {
  /** that the cluster's containers are on */
  readonly network: string;
  /** all of them, the new one last */
  readonly hosts: readonly Host[];
}

/**
 * What carries the network between the slices of a cluster that is there, on one host more.
 *
 * @throws {UsageError} when a port was asked for, and none is published
 * @throws {ConflictError} when what there is does not reach the new host
 */
export function carrierOf({ overlay, slices }: Plan, there: There): Carrier {
  const place = slices[0]?.underlay?.address;
  if (overlay?.kind === 'vxlan' && place !== undefined) return isIPv4(place) ? { kind: 'ports' } : overOverlay(there);
  throw new ConflictError(`a cluster on a network of its hosts' own (${there.network}) cannot get further hosts`, {
    hint: again,
  });
}

function overOverlay({ network, hosts }: There): Carrier {
  const { endpoint = '', options } = hosts.at(-1) ?? {};
  if (options?.port !== undefined) {
    throw new UsageError('--host: no port where a network of the engines carries all', { hint: 'leave it out' });
  }
  if (commonManager(hosts) !== undefined) return { kind: 'overlay', network };
  throw new ConflictError(`${endpoint} is not in the swarm whose network ${network} the cluster is on`, {
    hint: 'have it join the swarm first: docker swarm join',
  });
}

/** How such a cluster is made. */
export const again = 'make it on all hosts from the start: vcluster-box up --host ENDPOINT --host ENDPOINT';
