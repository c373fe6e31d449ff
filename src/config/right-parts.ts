import { z } from 'zod';
import { clusterOptions } from './cluster-options.ts';
import type { HostParts } from './host-contradictions.ts';
import { completeGroups, groupOptions, nodeOptions, type GroupOptions, type NodeOptions } from './node-options.ts';

export interface RightParts extends HostParts {
  readonly nodes: readonly Partial<NodeOptions>[];
  readonly groups: readonly Partial<GroupOptions>[];
  readonly ttl: number | undefined;
  readonly restart: string | undefined;
  readonly instances: number;
  readonly instanceNames: number | readonly unknown[] | undefined;
}

/** As much of the input as can be looked at for contradictions; what is wrong by itself counts as not given. */
export function rightParts(input: Readonly<Record<string, unknown>>): RightParts {
  const { nodes, groups, instances, instanceNames } = input;
  const group = (one: unknown) => rightOnes<GroupOptions>(groupOptions.unwrap().shape, one);
  const node = (one: unknown) => rightOnes<NodeOptions>(nodeOptions.unwrap().shape, one);
  const groupCount = clusterOptions.groups.safeParse(groups).data;
  return {
    nodes: Array.isArray(nodes) ? nodes.map(node) : [],
    groups: Array.isArray(groups) ? groups.map(group) : completeGroups(groupCount ?? 1),
    ...hostParts(input),
    ttl: clusterOptions.ttl.safeParse(input['ttl']).data,
    restart: clusterOptions.restart.safeParse(input['restart']).data,
    instances: clusterOptions.instances.safeParse(instances).data ?? 0,
    instanceNames: Array.isArray(instanceNames) || typeof instanceNames === 'number' ? instanceNames : undefined,
  };
}

function hostParts({ hosts, nodes, underlay, network, encrypted }: Readonly<Record<string, unknown>>): HostParts {
  const count = Array.isArray(nodes) ? nodes.length : nodes;
  const one = (host: unknown) => clusterOptions.hosts.safeParse([host]).data?.[0];
  return {
    hosts: Array.isArray(hosts) ? hosts.map(one) : [],
    nodeCount: typeof count === 'number' ? count : undefined,
    underlay: underlay === undefined ? undefined : clusterOptions.underlay.safeParse(underlay).data,
    network: clusterOptions.network.safeParse(network).data,
    encrypted: clusterOptions.encrypted.safeParse(encrypted).data,
  };
}

/** The values that are as they should be, of a map in which others may not be. */
function rightOnes<Options>(shape: Readonly<Record<string, z.ZodType>>, input: unknown): Partial<Options> {
  const given = z.record(z.string(), z.unknown()).safeParse(input).data ?? {};
  const right = Object.entries(shape).flatMap(([key, schema]) => {
    const { success, data } = schema.safeParse(given[key]);
    return success && data !== undefined ? [[key, data] as const] : [];
  });
  return Object.fromEntries(right) as Partial<Options>;
}
