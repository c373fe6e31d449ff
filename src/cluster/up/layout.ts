import { randomInt } from 'node:crypto';
import { distributeNodes } from '../../config/distribute-nodes.ts';
import { containerName } from '../../plan/names.ts';
import { planSlices } from '../../plan/plan-slices.ts';
import type { Overlay, Plan, SliceUnderlay } from '../../plan/plan.ts';
import type { Underlay } from '../multi-host/underlay.ts';
import { firstUdpPort } from '../ports/free-port.ts';
import type { Hosts } from './hosts.ts';

/** Where the slices of a cluster go, and how they reach one another. */
export interface Layout {
  readonly cluster: string;
  readonly hosts: Hosts;
  /** by which each host is reached by the others, in their order */
  readonly addresses: readonly (string | undefined)[];
  readonly underlay: Underlay;
}

/**
 * @param udpPorts of the hosts, in their order; empty unless they publish one
 * @returns a plan for each slice, in the order of the hosts
 */
export function planHosts(plan: Plan, layout: Layout, udpPorts: readonly number[]): readonly Plan[] {
  const { cluster, hosts, addresses, underlay } = layout;
  const counts = distributeNodes(
    plan.nodes.length,
    hosts.map(({ options }) => options),
  );
  const underlayOf = sliceUnderlay(underlay, cluster, addresses);
  return planSlices(plan, {
    cluster,
    overlay: planOverlay(underlay),
    hosts: hosts.map(({ endpoint, info }, index) => ({
      nodes: counts[index] ?? 0,
      endpoint,
      engine: info.id,
      advertise: addresses[index],
      underlay: underlayOf(index, udpPorts[index]),
    })),
  });
}

function planOverlay({ kind }: Underlay): Overlay | null {
  if (kind === 'none') return null;
  if (kind === 'flat') return { kind };
  // A random number tells this cluster's packets from those of an earlier one of the same name.
  return { kind: 'vxlan', vni: randomInt(1, 2 ** 24) };
}

/**
 * Where packets for each slice of a cluster go, by its index.
 *
 * @param addresses by which each host is reached by the others
 */
export function sliceUnderlay(
  underlay: Underlay,
  cluster: string,
  addresses: Layout['addresses'],
): (index: number, udpPort: number | undefined) => SliceUnderlay | null {
  return (index, udpPort = firstUdpPort) => {
    switch (underlay.kind) {
      case 'none':
      case 'flat':
        return null;
      case 'swarm':
        return { address: containerName(cluster, index + 1), port: firstUdpPort };
      case 'ports':
        return { address: addresses[index] ?? '', port: udpPort };
    }
  };
}
