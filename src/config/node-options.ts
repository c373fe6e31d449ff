import { z } from 'zod';
import { nodeCpus, nodeDisk, nodeMemory } from './node-resources.ts';
import * as patterns from './patterns.ts';
import { text, choice, show, truth } from './values.ts';

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
