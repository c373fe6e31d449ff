import { planAddresses, refuseTooManySlices } from './addresses.ts';
import { initArguments } from './init-arguments.ts';
import { containerName } from './names.ts';
import { planNeeds } from './needs.ts';
import { rapiNames } from './plan-cluster.ts';
import type { Overlay, Plan, PlannedNode, SliceUnderlay } from './plan.ts';

/** One of the hosts of a multi-host cluster; each has one slice. */
export interface SliceOptions {
  /** number of nodes on it */
  readonly nodes: number;
  readonly endpoint: string;
  /** ID that the engine itself reports */
  readonly engine: string;
  /** name or address under which clients reach the host */
  readonly advertise?: string | undefined;
  readonly underlay: SliceUnderlay | null;
}

export interface SlicesOptions {
  /** the name given to `up NAME` */
  readonly cluster: string;
  /** null on a single host */
  readonly overlay: Overlay | null;
  /** in order of slice number */
  readonly hosts: readonly SliceOptions[];
}

/** Free in every slice: RAPI itself uses 5080, and the proxy for published ports 5079. */
const publishedPort = 5081;

/**
 * Distributes the nodes of a cluster over its hosts in blocks.  The first host has the first nodes, including the
 * master.
 *
 * @param plan of the whole cluster, as `planCluster` returns it
 * @returns one plan per slice, in order of slice number
 * @throws {UsageError} when the subnet is too small
 */
export function planSlices(plan: Plan, { cluster, overlay, hosts }: SlicesOptions): readonly Plan[] {
  refuseTooManySlices(plan.network.subnet, hosts.length);
  const { slice: address } = planAddresses(plan.network.subnet, plan.nodes.length);
  const common: Plan = {
    ...plan,
    slices: hosts.map(({ endpoint, engine, underlay }, index) => {
      const number = index + 1;
      return { number, address: overlay === null ? null : address(number), endpoint, engine, underlay };
    }),
    nodes: deal(plan.nodes, hosts),
    ...(overlay !== null && connect(plan, cluster, { overlay, hosts })),
  };
  return hosts.map(({ nodes }, index) => ({ ...common, slice: index + 1, needs: planNeeds(nodes) }));
}

/**
 * Settings of multi-host clusters only: the network between the slices, and the port of each slice's proxy for RAPI.
 */
function connect(
  plan: Plan,
  cluster: string,
  { overlay, hosts }: { overlay: Overlay; hosts: readonly SliceOptions[] },
) {
  const device = overlay.kind === 'vxlan' ? 'vc0' : 'eth0';
  const names = hosts.flatMap(({ advertise }, index) => [containerName(cluster, index + 1), advertise]);
  return {
    network: { ...plan.network, device },
    overlay,
    init: initArguments(device, plan),
    rapi: { ...plan.rapi, publishedPort, names: [...new Set([...plan.rapi.names, ...rapiNames({ ...plan, names })])] },
  };
}

function deal(nodes: readonly PlannedNode[], hosts: readonly SliceOptions[]): readonly PlannedNode[] {
  const slices = hosts.flatMap((host, index) => Array<number>(host.nodes).fill(index + 1));
  return nodes.map((node, index) => ({ ...node, slice: slices[index] ?? hosts.length }));
}
