import { clusterOptions } from './cluster-options.ts';
import { defaultMemory, defaultRestartPolicy, defaultTimeoutSeconds } from './defaults.ts';
import { completeGroups, type Group, type NodeOptions } from './node-options.ts';
import { readValue } from './read-value.ts';
import type { Fields, Value } from './values.ts';

type Table = typeof clusterOptions;

/** A configuration file, as a value. */
export const clusterFile: Fields<Table> = {
  type: 'fields',
  name: 'ClusterOptions',
  example: '{nodes: 3}',
  options: clusterOptions,
};

/** The options that were given, each valid. */
export type ClusterValues = Value<Fields<Table>>;

type With<Property extends object> = {
  [Name in keyof Table]: Table[Name] extends Property ? Name : never;
}[keyof Table];
type WithDefault = With<{ readonly default: unknown }>;
type Defaulted = { readonly [Name in WithDefault]: NonNullable<ClusterValues[Name]> };
type Computed = 'nodes' | 'groups' | 'memory' | 'restart' | 'timeout';

/** A complete description of a cluster. */
export type ClusterSpec = Omit<Defaulted, Computed> &
  Omit<ClusterValues, WithDefault | Computed> & {
    readonly nodes: number;
    /** of each node, in order; empty if only their number was given */
    readonly nodeOptions: readonly NodeOptions[];
    readonly groups: readonly Group[];
    /** bytes */
    readonly memory: number;
    readonly restart: NonNullable<ClusterValues['restart']>;
    readonly timeoutSeconds: number;
  };

/** `nodeOptions` is a part of the option `nodes`. */
export type LastingOption = Exclude<keyof Table, With<{ readonly lasting: false }>> | 'nodeOptions';

/** Adds the defaults to the options that were given. */
export function completeSpec(given: ClusterValues): ClusterSpec {
  const names = Object.keys(clusterOptions) as (keyof Table)[];
  const all = Object.fromEntries(names.map((name) => [name, given[name] ?? defaultOf(name)]));
  const { nodes, groups, memory, restart, timeout, ...rest } = all as ClusterValues & Defaulted;
  const count = typeof nodes === 'number' ? nodes : nodes.length;
  return {
    ...rest,
    nodes: count,
    nodeOptions: typeof nodes === 'number' ? [] : nodes,
    groups: completeGroups(groups),
    memory: memory ?? defaultMemory(count, rest.instances),
    restart: restart ?? defaultRestartPolicy(rest.ttl),
    timeoutSeconds: timeout ?? defaultTimeoutSeconds(count, rest.instances, rest.hosts.length),
  };
}

function defaultOf(name: keyof Table): unknown {
  const option = clusterOptions[name];
  return 'default' in option ? readValue(option.value, option.default).value : undefined;
}
