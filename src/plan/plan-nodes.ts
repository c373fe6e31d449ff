import { type Group, type NodeOptions, type NodeSizes, type SomeSizes, usualNode } from '../config/node-options.ts';
import type { NodeResources, PlannedNode } from './plan.ts';

export interface NodeWishes {
  /** how many */
  readonly nodes: number;
  readonly domain: string;
  /** of each node, in order; nothing is said of those beyond its end */
  readonly nodeOptions?: readonly NodeOptions[];
  /** of those nodes of which nothing else is said */
  readonly usual: NodeResources;
  /** one at least */
  readonly groups?: readonly Pick<Group, 'name'>[];
}

/** Each node's place depends on those before it only, so a cluster can grow. */
export function planNodes(
  { nodes, domain, usual, nodeOptions = [], groups = [{ name: 'default' }] }: NodeWishes,
  address: (number: number) => string,
): readonly PlannedNode[] {
  const sizes = new Map(groups.map(({ name }) => [name, 0]));
  return Array.from({ length: nodes }, (_, index): PlannedNode => {
    const { name = `node${index + 1}`, group = smallest(sizes), ...options } = nodeOptions[index] ?? {};
    sizes.set(group, (sizes.get(group) ?? 0) + 1);
    const names = [`${name}.${domain}`, name];
    const resources = planResources(options, sizesOf(usual));
    return { names, address: address(index + 1), slice: 1, group, resources, ...unusual(options) };
  });
}

/** The first of those with the fewest nodes. */
function smallest(sizes: ReadonlyMap<string, number>): string {
  const [first = ['default', 0] as const, ...others] = sizes;
  return others.reduce((least, one) => (one[1] < least[1] ? one : least), first)[0];
}

/** A plan does not say what Ganeti does by itself. */
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
 * What a node of these sizes has.  Its own system takes a 64th of the memory and one CPU: on a real node, too, there is less for
 * instances than there is, and programs that mistake one for the other are to be found out.
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
