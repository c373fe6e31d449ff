import { planAddresses, refuseTooManySlices } from './addresses.ts';
import { initArguments } from './init-arguments.ts';
import { containerName } from './names.ts';
import { planNeeds } from './needs.ts';
import type { Plan, PlannedNode, Segment, Underlay } from './plan.ts';
import { rapiNames } from './rapi-names.ts';

/** One of several hosts that a cluster is to be on; a slice each. */
export interface SliceWishes {
  /** how many nodes are to be on it */
  readonly nodes: number;
  readonly endpoint: string;
  /** the engine's own id */
  readonly engine: string;
  /** by which clients reach it; a name or an address */
  readonly advertise?: string | undefined;
  readonly underlay: Underlay | null;
}

export interface SegmentWishes {
  /** ours (`up NAME`) */
  readonly cluster: string;
  readonly segment: Segment;
  /** in the order of their numbers */
  readonly hosts: readonly SliceWishes[];
}

/** Free in every slice: RAPI itself has 5080, the proxy of published ports 5079. */
const relayPort = 5081;

/**
 * Spreads a cluster over several hosts: nodes are dealt in blocks, so that the first host has the first nodes, and the master.
 *
 * @param plan of the whole cluster, as of one slice
 * @returns a plan for each slice, in the order of their numbers
 * @throws {UsageError} when the subnet is too small
 */
export function planSlices(plan: Plan, { cluster, segment, hosts }: SegmentWishes): readonly Plan[] {
  const { subnet } = plan.network;
  refuseTooManySlices(subnet, hosts.length);
  const { slice: address } = planAddresses(subnet, plan.nodes.length);
  const device = segment.kind === 'vxlan' ? 'vc0' : 'eth0';
  const names = hosts.flatMap(({ advertise }, index) => [containerName(cluster, index + 1), advertise]);
  const common: Plan = {
    ...plan,
    network: { subnet, device },
    segment,
    slices: hosts.map(({ endpoint, engine, underlay }, index) => {
      return { number: index + 1, address: address(index + 1), endpoint, engine, underlay };
    }),
    nodes: deal(plan.nodes, hosts),
    init: initArguments(device),
    rapi: { ...plan.rapi, relayPort, names: [...new Set([...plan.rapi.names, ...rapiNames({ ...plan, names })])] },
  };
  return hosts.map(({ nodes }, index) => ({ ...common, slice: index + 1, needs: planNeeds(nodes) }));
}

function deal(nodes: readonly PlannedNode[], hosts: readonly SliceWishes[]): readonly PlannedNode[] {
  const slices = hosts.flatMap((host, index) => Array<number>(host.nodes).fill(index + 1));
  return nodes.map((node, index) => ({ ...node, slice: slices[index] ?? hosts.length }));
}
