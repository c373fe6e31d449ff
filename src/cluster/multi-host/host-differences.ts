import type { HostOptions } from '../../config/host-options.ts';
import type { GivenOptions } from '../../config/parse-cluster-spec.ts';
import type { ContainerDetails } from '../../engine/engine.ts';
import type { Plan, PlannedSlice } from '../../plan/plan.ts';

interface Actual {
  readonly plan: Plan;
  /** of a slice */
  readonly container: Pick<ContainerDetails, 'network'>;
}

/** The options about hosts and the network between them that differ from what exists. */
export function hostDifferences(
  { hosts, underlay, network }: Pick<GivenOptions, 'hosts' | 'underlay' | 'network'>,
  { plan, container }: Actual,
): readonly string[] {
  const actual = underlayOf(plan);
  return [
    ...(hosts === undefined ? [] : ofHosts(hosts, plan)),
    ...(underlay === undefined || underlay === 'auto' || underlay === actual
      ? []
      : [difference('underlay', actual, underlay)]),
    ...(network === undefined || network === container.network
      ? []
      : [difference('network', container.network, network)]),
  ];
}

function underlayOf({ overlay, slices }: Plan): string {
  if (overlay?.kind !== 'vxlan') return 'flat';
  return /^[\d.]+$/.test(slices[0]?.underlay?.address ?? '') ? 'vxlan' : 'swarm';
}

function ofHosts(wanted: readonly HostOptions[], plan: Plan): readonly string[] {
  const slices = plan.slices;
  const names = (all: readonly { readonly endpoint: string }[]) => all.map(({ endpoint }) => endpoint).join(', ');
  if (names(wanted) !== names(slices)) return [`hosts are ${names(slices)}, requested ${names(wanted)}`];
  return wanted.flatMap((host, index) => ofHost(host, slices[index], plan));
}

function ofHost({ endpoint, advertise, port, nodes }: HostOptions, slice: PlannedSlice | undefined, plan: Plan) {
  const is = {
    advertise: slice?.underlay?.address,
    port: slice?.underlay?.port,
    nodes: plan.nodes.filter((node) => node.slice === slice?.number).length,
  };
  return Object.entries({ advertise, port, nodes }).flatMap(([key, value]) => {
    const found = is[key as keyof typeof is];
    return value === undefined || found === undefined || found === value
      ? []
      : [difference(`${key} of ${endpoint}`, found, value)];
  });
}

/** How an option differs from what exists, as users read it: `nodes[1].group is default, requested rack2`. */
export function difference(option: string, found: unknown, requested: unknown): string {
  return `${option} is ${String(found)}, requested ${String(requested)}`;
}
