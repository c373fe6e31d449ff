import { randomInt } from 'node:crypto';
import { distributeNodes } from '../../config/distribute-nodes.ts';
import { containerName } from '../../plan/names.ts';
import { planSlices } from '../../plan/plan-slices.ts';
import type { Plan, Underlay } from '../../plan/plan.ts';
import type { Carrier } from './carrier.ts';
import type { Host } from './host.ts';
import { firstUdpPort } from './udp-ports.ts';

export interface Layout {
  readonly cluster: string;
  readonly hosts: readonly Host[];
  /** by which each is reached by the others, in their order */
  readonly addresses: readonly (string | undefined)[];
  readonly carrier: Carrier;
  /** UDP ports of the hosts, in their order; of those that have to publish one */
  readonly udpPorts: readonly number[];
}

/** @returns a plan for the slice of each host, in their order */
export function planHosts(whole: Plan, { cluster, hosts, addresses, carrier, udpPorts }: Layout): readonly Plan[] {
  const counts = distributeNodes(
    whole.nodes.length,
    hosts.map(({ options }) => options),
  );
  const underlay = planUnderlay(carrier, cluster, addresses);
  return planSlices(whole, {
    cluster,
    // So that packets of a cluster of the same name that was there before are told from those of this one.
    overlay: carrier.kind === 'flat' ? { kind: 'flat' } : { kind: 'vxlan', vni: randomInt(1, 2 ** 24) },
    hosts: hosts.map(({ endpoint, info }, index) => ({
      nodes: counts[index] ?? 0,
      endpoint,
      engine: info.id,
      advertise: addresses[index],
      underlay: underlay(index, udpPorts[index]),
    })),
  });
}

/**
 * Where packets for the slices of a cluster go, by the index of each.
 *
 * @param addresses by which each host is reached by the others
 */
export function planUnderlay(
  carrier: Carrier,
  cluster: string,
  addresses: Layout['addresses'],
): (index: number, udpPort: number | undefined) => Underlay | null {
  return (index, udpPort = firstUdpPort) => {
    switch (carrier.kind) {
      case 'flat':
        return null;
      case 'overlay':
        return { address: containerName(cluster, index + 1), port: firstUdpPort };
      case 'ports':
        return { address: addresses[index] ?? '', port: udpPort };
    }
  };
}
