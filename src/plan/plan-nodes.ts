import type { Group, NodeOptions } from '../config/node-options.ts';
import { planResources, sizesOf } from './node-resources.ts';
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
