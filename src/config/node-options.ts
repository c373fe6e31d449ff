import { z } from 'zod';
import { UsageError } from '../errors.ts';
import { isNumber, pattern, whole } from './forms.ts';
import * as patterns from './patterns.ts';
import { formatSize, parseSize, parseWhole, within } from './quantities.ts';
import { text, choice, oneOf, show, truth } from './values.ts';

/** Of a node, as simulated. */
export interface NodeSizes {
  /** bytes, whole MiB */
  readonly memory: number;
  readonly cpus: number;
  /** bytes, whole MiB */
  readonly disk: number;
}

/** Each where it is said. */
export type SomeSizes = { readonly [Size in keyof NodeSizes]?: NodeSizes[Size] | undefined };

/** Where nothing is said: the same on every machine. */
export const usualNode: NodeSizes = { memory: 64 * 2 ** 30, cpus: 16, disk: 2 ** 40 };

const mebi = 2 ** 20;

function size(min: number, max: number, example: string) {
  return oneOf(
    `a size from ${formatSize(min)} to ${formatSize(max)}, such as ${example}`,
    [pattern(patterns.size), whole(min, max)],
    (text) => wholeMebi(within(parseSize, min, max)(text)),
  );
}

/** Ganeti reckons in MiB. */
function wholeMebi(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : Math.floor(bytes / mebi) * mebi;
}

export const nodeMemory = size(256 * mebi, 64 * 2 ** 40, '64g');
export const nodeCpus = oneOf('a whole number from 1 to 1024', [whole(1, 1024)], within(parseWhole, 1, 1024));
export const nodeDisk = size(2 ** 30, 2 ** 50, '1t');

/** Most that there may be of nodes, and of instance names. */
export const most = { nodes: 1000, groups: 100, instances: 4000 } as const;

/** Says what is wanted where something of another kind stands. */
export const isWanted = (what: string) => ({
  error: ({ input }: { input?: unknown }) => `${what}, not ${show(input)}`,
});
const shortName = text('1 to 40 small letters, digits and inner hyphens', patterns.dnsLabel);
const groupName = text('1 to 63 letters, digits, dots, hyphens and underscores', patterns.groupName);

/** What is not said of a node is as Ganeti's `gnt-node add` has it. */
export const nodeOptions = z
  .strictObject(
    {
      name: shortName.optional().meta({ description: 'Short name. Without it: node and its number.' }),
      group: groupName
        .optional()
        .meta({ description: 'Its node group, one of `groups`. Without it: the one with the fewest nodes.' }),
      masterCapable: truth()
        .optional()
        .meta({ description: 'Whether it may become master or a master candidate.', default: true }),
      vmCapable: truth().optional().meta({ description: 'Whether it may have instances.', default: true }),
      drained: truth().optional().meta({ description: 'Drained: it gets no instances, and no vote.', default: false }),
      offline: truth().optional().meta({
        description: 'Marked as offline: Ganeti does not speak to it, though its daemons run.',
        default: false,
      }),
      memory: nodeMemory.optional().meta({ description: 'Its memory, as simulated. Without it: nodeMemory.' }),
      cpus: nodeCpus.optional().meta({ description: 'Its CPUs, as simulated. Without it: nodeCpus.' }),
      disk: nodeDisk.optional().meta({ description: 'Its disk, as simulated. Without it: nodeDisk.' }),
    },
    isWanted('a map of options such as {name: node1}'),
  )
  .readonly();

export const nodeList = z
  .array(nodeOptions, isWanted('a whole number from 1 to 1000 or a list of nodes'))
  .min(1, isWanted('a list of at least one node'))
  .max(most.nodes, { error: `a list of at most ${most.nodes} nodes` })
  .readonly();

export const groupOptions = z
  .strictObject(
    {
      name: groupName,
      allocPolicy: choice(['preferred', 'last_resort', 'unallocable']).optional().meta({
        description: 'Whether allocators put instances there: gladly, when nothing else is left, or never.',
        default: 'preferred',
      }),
    },
    isWanted('a map of options such as {name: rack1}'),
  )
  .readonly();

export const groupList = z
  .array(groupOptions, isWanted('a whole number from 1 to 100 or a list of groups'))
  .min(1, isWanted('a list of at least one group'))
  .max(most.groups, { error: `a list of at most ${most.groups} groups` })
  .readonly();

export const instanceNameList = z
  .array(shortName, isWanted('a whole number from 1 to 4000 or a list of names'))
  .min(1, isWanted('a list of at least one name'))
  .max(most.instances, { error: `a list of at most ${most.instances} names` })
  .readonly();

export type NodeOptions = z.output<typeof nodeOptions>;
export type GroupOptions = z.output<typeof groupOptions>;

/** Whether Ganeti lets an instance be made there. */
export function takesInstances({ vmCapable = true, drained = false, offline = false }: Partial<NodeOptions>): boolean {
  return vmCapable && !drained && !offline;
}

export interface Group {
  readonly name: string;
  readonly allocPolicy: NonNullable<GroupOptions['allocPolicy']>;
}

/** The first of a number of groups is called as Ganeti calls the one that every cluster begins with. */
export function completeGroups(groups: number | readonly GroupOptions[]): readonly Group[] {
  if (typeof groups !== 'number') return groups.map(({ name, allocPolicy = 'preferred' }) => ({ name, allocPolicy }));
  return Array.from({ length: groups }, (_, index) => ({
    name: index === 0 ? 'default' : `group${index + 1}`,
    allocPolicy: 'preferred',
  }));
}

const sizes = z.object({ memory: nodeMemory.optional(), cpus: nodeCpus.optional(), disk: nodeDisk.optional() });

/**
 * Of nodes that are to be added.  A number may be text, as flags are.
 *
 * @param called what a size is called in messages
 * @throws {UsageError} listing every problem
 */
export function parseNodeSizes(
  { memory, cpus, disk }: { readonly [Size in keyof NodeSizes]?: unknown },
  called: (size: string) => string,
): SomeSizes {
  const count = typeof cpus === 'string' && isNumber(cpus) ? Number(cpus) : cpus;
  const parsed = sizes.safeParse({ memory, cpus: count, disk });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${called(String(path[0]))}: ${message}`);
  throw new UsageError(problems.join('\n'));
}
