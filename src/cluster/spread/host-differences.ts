import type { HostOptions } from '../../config/host-options.ts';
import type { GivenOptions } from '../../config/parse-cluster-spec.ts';
import type { ContainerDetails } from '../../engine/engine.ts';
import type { Plan, PlannedSlice } from '../../plan/plan.ts';

interface There {
  readonly plan: Plan;
  /** of a slice */
  readonly container: Pick<ContainerDetails, 'network'>;
}

/** What was given of hosts and of what carries the network between them, and is another: a phrase each. */
export function hostDifferences(
  { hosts, underlay, network }: Pick<GivenOptions, 'hosts' | 'underlay' | 'network'>,
  { plan, container }: There,
): readonly string[] {
  const way = wayOf(plan);
  return [
    ...(hosts === undefined ? [] : ofHosts(hosts, plan)),
    ...(underlay === undefined || underlay === 'auto' || underlay === way
      ? []
      : [`underlay is ${way}, not ${underlay}`]),
    ...(network === undefined || network === container.network
      ? []
      : [`network is ${container.network}, not ${network}`]),
  ];
}

function wayOf({ overlay, slices }: Plan): string {
  if (overlay?.kind !== 'vxlan') return 'flat';
  return /^[\d.]+$/.test(slices[0]?.underlay?.address ?? '') ? 'vxlan' : 'swarm';
}

function ofHosts(wanted: readonly HostOptions[], plan: Plan): readonly string[] {
  const slices = plan.slices;
  const names = (all: readonly { readonly endpoint: string }[]) => all.map(({ endpoint }) => endpoint).join(', ');
  if (names(wanted) !== names(slices)) return [`hosts are ${names(slices)}, not ${names(wanted)}`];
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
      : [`${key} of ${endpoint} is ${found}, not ${value}`];
  });
}
