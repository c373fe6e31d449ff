import type { ClusterSpec } from '../config/cluster-spec.ts';
import { planAddresses } from './addresses.ts';
import { initArguments } from './init-arguments.ts';
import { planNeeds } from './needs.ts';
import type { Plan } from './plan.ts';

/**
 * Decides everything about a cluster.  Same spec, same plan; and a plan for more nodes begins with the nodes of a plan
 * for fewer.  When it ends is not in it: that depends on when it is made (`withDeadline`).
 *
 * @throws {UsageError} when the subnet is too small
 */
export function planCluster(spec: Pick<ClusterSpec, 'nodes' | 'subnet' | 'domain' | 'watcher'>): Plan {
  const { nodes, subnet, domain, watcher } = spec;
  const addresses = planAddresses(subnet, nodes);
  const names = (short: string) => [`${short}.${domain}`, short];
  return {
    version: 1,
    slice: 1,
    cluster: { names: names('cluster'), address: addresses.cluster },
    directory: '/srv/vcluster',
    network: { subnet, device: 'lo' },
    nodes: numbers(nodes).map((number) => ({
      names: names(`node${number}`),
      address: addresses.node(number),
      slice: 1,
      group: 'default',
    })),
    instances: numbers(Math.min(Math.max(100, 8 * nodes), addresses.instanceRoom)).map((number) => ({
      names: names(`instance${number}`),
      address: addresses.instance(number),
    })),
    init: initArguments,
    rapi: { port: 5080, user: 'rapi' },
    needs: planNeeds(nodes),
    // As often as Debian's cron file does on real nodes.
    watcher: watcher ? { intervalSeconds: 300 } : null,
    expires: null,
  };
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
