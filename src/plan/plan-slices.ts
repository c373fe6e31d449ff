import { planAddresses, refuseTooManySlices } from './addresses.ts';
import { initArguments, rapiNames } from './plan-cluster.ts';
import { containerName } from './names.ts';
import { planNeeds } from './needs.ts';
import type { Overlay, Plan, PlannedNode, SliceUnderlay } from './plan.ts';

/** One of several hosts that a cluster is to be on; a slice each. */
export interface SliceOptions {
  /** how many nodes are to be on it */
  readonly nodes: number;
  readonly endpoint: string;
  /** the engine's own id */
  readonly engine: string;
  /** by which clients reach it; a name or an address */
  readonly advertise?: string | undefined;
  readonly underlay: SliceUnderlay | null;
}

export interface SlicesOptions {
  /** ours (`up NAME`) */
  readonly cluster: string;
  /** null: one host */
  readonly overlay: Overlay | null;
  /** in the order of their numbers */
  readonly hosts: readonly SliceOptions[];
}

/** Free in every slice: RAPI itself has 5080, the proxy of published ports 5079. */
const publishedPort = 5081;

/**
 * Distributes the nodes of a cluster over its hosts in blocks: the first host has the first nodes, and the master.
 *
 * @param plan of the whole cluster, as `planCluster` returns it
 * @returns a plan for each slice, in the order of their numbers
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

/** What only a cluster on several hosts has: the network between its slices, and RAPI behind a proxy in each. */
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
    init: initArguments(device),
    rapi: { ...plan.rapi, publishedPort, names: [...new Set([...plan.rapi.names, ...rapiNames({ ...plan, names })])] },
  };
}

function deal(nodes: readonly PlannedNode[], hosts: readonly SliceOptions[]): readonly PlannedNode[] {
  const slices = hosts.flatMap((host, index) => Array<number>(host.nodes).fill(index + 1));
  return nodes.map((node, index) => ({ ...node, slice: slices[index] ?? hosts.length }));
}
