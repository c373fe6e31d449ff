import { z } from 'zod';
import { clusterOptions } from './cluster-options.ts';
import { completeGroups } from './groups.ts';
import { groupOptions, nodeOptions, type GroupOptions, type NodeOptions } from './node-options.ts';

export interface RightParts {
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
    ttl: clusterOptions.ttl.safeParse(input['ttl']).data,
    restart: clusterOptions.restart.safeParse(input['restart']).data,
    instances: clusterOptions.instances.safeParse(instances).data ?? 0,
    instanceNames: Array.isArray(instanceNames) || typeof instanceNames === 'number' ? instanceNames : undefined,
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
