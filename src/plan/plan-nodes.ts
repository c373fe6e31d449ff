import { type Group, type NodeOptions, type NodeSizes, type SomeSizes, usualNode } from '../config/node-options.ts';
import type { NodeResources, PlannedNode } from './plan.ts';

export interface NodesSpec {
  /** number of nodes */
  readonly nodes: number;
  readonly domain: string;
  /** options of each node, in order; nodes beyond the end have no options */
  readonly nodeOptions?: readonly NodeOptions[];
  /** resources of nodes whose options set no others */
  readonly usual: NodeResources;
  /** at least one */
  readonly groups?: readonly Pick<Group, 'name'>[];
}

/** The group of each node depends only on the nodes before it, so a cluster can grow. */
export function planNodes(
  { nodes, domain, usual, nodeOptions = [], groups = [{ name: 'default' }] }: NodesSpec,
  address: (number: number) => string,
  secondary?: (number: number) => string,
): readonly PlannedNode[] {
  const sizes = new Map(groups.map(({ name }) => [name, 0]));
  return Array.from({ length: nodes }, (_, index): PlannedNode => {
    const { name = `node${index + 1}`, group = smallest(sizes), ...options } = nodeOptions[index] ?? {};
    sizes.set(group, (sizes.get(group) ?? 0) + 1);
    const names = [`${name}.${domain}`, name];
    const resources = planResources(options, sizesOf(usual));
    const addresses = addressesOf(index + 1, address, secondary);
    return { names, ...addresses, slice: 1, group, resources, ...unusual(options) };
  });
}

export function addressesOf(
  number: number,
  address: (number: number) => string,
  secondary?: (number: number) => string,
): Pick<PlannedNode, 'address' | 'secondaryAddress'> {
  return { address: address(number), ...(secondary && { secondaryAddress: secondary(number) }) };
}

/** The first group with the fewest nodes. */
function smallest(sizes: ReadonlyMap<string, number>): string {
  const [first = ['default', 0] as const, ...others] = sizes;
  return others.reduce((least, one) => (one[1] < least[1] ? one : least), first)[0];
}

/** Only options that differ from Ganeti's defaults: a plan omits the others. */
function unusual({ masterCapable, vmCapable, drained, offline }: NodeOptions): Partial<PlannedNode> {
  return {
    ...(masterCapable === false && { masterCapable }),
    ...(vmCapable === false && { vmCapable }),
    ...(drained === true && { drained }),
    ...(offline === true && { offline }),
  };
}

const mebi = 2 ** 20;

/**
 * Resources of a node of these sizes.  Its own system uses 1/64 of the memory and one CPU.  A real node, too, has less
 * for instances than in total, and tests should reveal programs that confuse the two.
 */
export function planResources({ memory, cpus, disk }: SomeSizes, usual: NodeSizes = usualNode): NodeResources {
  const memoryMiB = (memory ?? usual.memory) / mebi;
  return {
    memoryMiB,
    ownMemoryMiB: Math.floor(memoryMiB / 64),
    cpus: cpus ?? usual.cpus,
    ownCpus: 1,
    diskMiB: (disk ?? usual.disk) / mebi,
  };
}

export function sizesOf({ memoryMiB, cpus, diskMiB }: NodeResources): NodeSizes {
  return { memory: memoryMiB * mebi, cpus, disk: diskMiB * mebi };
}
