import type { Plan } from './plan.ts';

/** What Ganeti knows, as reported by `vcluster-slice inventory`. */
export interface Inventory {
  readonly nodes: readonly KnownNode[];
  readonly instances: readonly KnownInstance[];
  /** names of the node groups */
  readonly groups: readonly string[];
  /** the enabled disk templates; the first is the default */
  readonly templates: readonly string[];
}

export interface KnownNode {
  readonly name: string;
  readonly group: string;
  readonly role: 'master' | 'candidate' | 'regular' | 'drained' | 'offline';
  /** whether it can have instances */
  readonly vmCapable: boolean;
}

export interface KnownInstance {
  readonly name: string;
  /** name of its primary node */
  readonly primary: string;
  /** names of its secondary nodes */
  readonly secondaries: readonly string[];
  /** Ganeti's disk template */
  readonly template: string;
  /** of its NICs; an IP pool can have chosen them */
  readonly addresses: readonly string[];
}

/** Disk templates whose disks only the nodes of the same host can access: hosts do not share the shared directories. */
const ofOneHost: ReadonlySet<string> = new Set(['sharedfile', 'ext', 'gluster']);

/**
 * The nodes to which an instance can move: full names, in the cluster's order.
 *
 * @param leaving full names of the nodes that are also being removed
 */
export function moveTargets(
  { nodes: planned }: Plan,
  { primary, template }: KnownInstance,
  { nodes }: Inventory,
  leaving: readonly string[],
): readonly string[] {
  const group = nodes.find(({ name }) => name === primary)?.group;
  const sliceOf = (node: string) => planned.find(({ names }) => names.includes(node))?.slice;
  const near = (node: string) => !ofOneHost.has(template) || sliceOf(node) === sliceOf(primary);
  return nodes
    .filter((other) => other.group === group && takesInstances(other) && !leaving.includes(other.name))
    .map(({ name }) => name)
    .filter(near);
}

function takesInstances({ role, vmCapable }: KnownNode): boolean {
  return vmCapable && role !== 'drained' && role !== 'offline';
}
