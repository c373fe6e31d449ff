import { UsageError } from '../errors.ts';
import * as patterns from './patterns.ts';
import { isNumber, readValue } from './read-value.ts';
import { bool, choice, integer, list, type Option, size, text, type Value } from './values.ts';

/** Sizes of a node, as simulated. */
export interface NodeSizes {
  /** bytes, a multiple of 1 MiB */
  readonly memory: number;
  readonly cpus: number;
  /** bytes, a multiple of 1 MiB */
  readonly disk: number;
}

export type SomeSizes = { readonly [Size in keyof NodeSizes]?: NodeSizes[Size] | undefined };

/** The default sizes, which do not depend on the machine. */
export const usualNode: NodeSizes = { memory: 64 * 2 ** 30, cpus: 16, disk: 2 ** 40 };

/** Upper limits for one cluster. */
export const most = { nodes: 1000, groups: 100, instances: 4000 } as const;

export const nodeMemory = roundedSize(256 * 2 ** 20, 64 * 2 ** 40, '64g');
export const nodeCpus = integer(1, 1024);
export const nodeDisk = roundedSize(2 ** 30, 2 ** 50, '1t');
export const shortName = text('1 to 40 lowercase letters, digits and inner hyphens', patterns.dnsLabel);

/** What is left out is left to the defaults of `gnt-node add`. */
const nodeOptions = {
  name: { help: 'short name', value: shortName, unset: 'node and its number' },
  group: {
    help: 'node group, one of groups',
    value: text('1 to 63 letters, digits, dots, hyphens and underscores', patterns.groupName),
    unset: 'the group with the fewest nodes',
  },
  masterCapable: { help: 'whether the node can become master or master candidate', value: bool, default: true },
  vmCapable: { help: 'whether the node can host instances', value: bool, default: true },
  drained: { help: 'whether the node is drained: it gets no instances, and has no vote', value: bool, default: false },
  offline: {
    help: 'whether the node is marked offline: Ganeti does not contact it, though its daemons run',
    value: bool,
    default: false,
  },
  memory: { help: 'simulated memory', value: nodeMemory, unset: 'nodeMemory' },
  cpus: { help: 'simulated CPUs', value: nodeCpus, unset: 'nodeCpus' },
  disk: { help: 'simulated disk', value: nodeDisk, unset: 'nodeDisk' },
} as const satisfies Readonly<Record<string, Option>>;

const groupOptions = {
  name: { help: 'name', value: nodeOptions.group.value, required: true },
  allocPolicy: {
    help: 'whether allocators place instances in the group: normally, only as a last resort, or never',
    value: choice('preferred', 'last_resort', 'unallocable'),
    default: 'preferred',
  },
} as const satisfies Readonly<Record<string, Option>>;

const node = { type: 'fields', name: 'NodeOptions', example: '{name: node1}', options: nodeOptions } as const;
const group = { type: 'fields', name: 'GroupOptions', example: '{name: rack1}', options: groupOptions } as const;

export const nodeList = list('node', node, { min: 1, max: most.nodes });
export const groupList = list('group', group, { min: 1, max: most.groups });
export const instanceNameList = list('name', shortName, { min: 1, max: most.instances });

export type NodeOptions = Value<typeof node>;
export type GroupOptions = Value<typeof group>;

export interface Group {
  readonly name: string;
  readonly allocPolicy: NonNullable<GroupOptions['allocPolicy']>;
}

/** The first of a number of groups has the name of the group that every Ganeti cluster starts with. */
export function completeGroups(groups: number | readonly GroupOptions[]): readonly Group[] {
  const usual = groupOptions.allocPolicy.default;
  if (typeof groups !== 'number') return groups.map(({ name, allocPolicy = usual }) => ({ name, allocPolicy }));
  return Array.from({ length: groups }, (_, index) => ({
    name: index === 0 ? 'default' : `group${index + 1}`,
    allocPolicy: usual,
  }));
}

/** Whether Ganeti allows instances on the node. */
export function takesInstances({ vmCapable = true, drained = false, offline = false }: Partial<NodeOptions>): boolean {
  return vmCapable && !drained && !offline;
}

/**
 * The sizes of nodes to add.  A number can be text, as in flags.
 *
 * @param nameOf how messages name a size
 * @throws {UsageError} listing every problem
 */
export function parseNodeSizes(
  { memory, cpus, disk }: { readonly [Size in keyof NodeSizes]?: unknown },
  nameOf: (size: string) => string,
): SomeSizes {
  const count = typeof cpus === 'string' && isNumber(cpus) ? Number(cpus) : cpus;
  const { value = {}, problems } = readValue(node, { memory, cpus: count, disk });
  if (problems.length === 0) return value;
  throw new UsageError(problems.map(({ path, message }) => `${nameOf(String(path[0]))}: ${message}`).join('\n'));
}

/** Ganeti counts in MiB. */
function roundedSize(minimum: number, maximum: number, example: string) {
  const exact = size(minimum, maximum, example);
  const parse = (text: string): number | undefined => {
    const bytes = exact.parse(text);
    return bytes === undefined ? undefined : bytes - (bytes % 2 ** 20);
  };
  return { ...exact, parse };
}

/**
 * The most characters of a node's full name.  64 are allowed in its certificate.  The paths of a master's sockets have
 * up to 107: `/srv/vcluster/NAME/var/run/ganeti/socket/ganeti-wconfd`.
 */
export function longestNodeName(masterCapable: boolean): number {
  return masterCapable ? 57 : 64;
}
