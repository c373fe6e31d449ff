import { ConflictError } from '../errors.ts';
import { changeNeeds } from './grow.ts';
import type { Plan, PlannedNode } from './plan.ts';

/** What Ganeti has, as the slice tells it: `vcluster-slice inventory`. */
export interface Inventory {
  readonly nodes: readonly KnownNode[];
  readonly instances: readonly KnownInstance[];
}

export interface KnownNode {
  readonly name: string;
  readonly group: string;
  readonly role: 'master' | 'candidate' | 'regular' | 'drained' | 'offline';
  /** whether it may have instances */
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
}

/** How a node goes: what the slice is told, which carries it out. */
export interface Departure {
  /** full name */
  readonly node: string;
  readonly moves: readonly Move[];
  /** of the whole slice, without this node */
  readonly needs: Plan['needs'];
}

export interface Move {
  readonly instance: string;
  /** full name of the node that it moves to */
  readonly to: string;
  /** `copy`: its disks are the node's alone, so it stands still until they are copied (`gnt-instance move`) */
  readonly by: 'migration' | 'copy';
}

/** Whose disks, if any, all nodes of a group reach: Ganeti's `constants.DTS_EXT_MIRROR`. */
const reachable: ReadonlySet<string> = new Set(['diskless', 'sharedfile', 'ext', 'rbd', 'blockdev', 'gluster']);

/** Whose disks can be copied to another node: `constants.DTS_COPYABLE`. */
const copyable: ReadonlySet<string> = new Set(['file', 'plain']);

/**
 * Decides how nodes go, in the order given: each instance moves to that of the nodes that stay in its group which has the
 * fewest then.  A node that Ganeti does not know (its adding or removing broke off) has no instances.
 *
 * @throws {ConflictError} when one of them is the master, is the last, or has instances that cannot move; naming all of these
 */
export function planDepartures(
  plan: Plan,
  leaving: readonly PlannedNode[],
  inventory: Inventory,
): readonly Departure[] {
  const names = leaving.map(fullName);
  refuseLast(plan, leaving);
  refuseMaster(plan, names, inventory);
  const stuck = names.flatMap((name) => stuckOn(name, names, inventory));
  if (stuck.length > 0) throw cannotMove(stuck);
  const targets = inventory.nodes.filter((other) => !names.includes(other.name) && takesInstances(other));
  const load = new Map(targets.map(({ name }) => [name, inventory.instances.filter(isOn(name)).length]));
  let { needs } = plan;
  return names.map((node, index) => {
    needs = changeNeeds(needs, plan.nodes.length - index - 1, -1);
    const near = targets.filter(({ group }) => group === groupOf(node, inventory)).map(({ name }) => name);
    return { node, needs, moves: inventory.instances.filter(isOn(node)).map((each) => move(each, near, load)) };
  });
}

function move({ name, template }: KnownInstance, near: readonly string[], load: Map<string, number>): Move {
  const of = (node: string) => load.get(node) ?? 0;
  const to = near.reduce((least, other) => (of(other) < of(least) ? other : least), near[0] ?? '');
  load.set(to, of(to) + 1);
  return { instance: name, to, by: reachable.has(template) ? 'migration' : 'copy' };
}

function refuseLast({ nodes }: Plan, leaving: readonly PlannedNode[]): void {
  if (leaving.length < nodes.length) return;
  const which = nodes.length === 1 ? `${shortName(nodes[0])} is the only node` : 'these are all nodes';
  throw new ConflictError(`${which} of the cluster`, { hint: 'remove the cluster: vcluster-box down' });
}

function refuseMaster(plan: Plan, leaving: readonly string[], { nodes }: Inventory): void {
  const master = nodes.find(({ name, role }) => role === 'master' && leaving.includes(name));
  if (master === undefined) return;
  const other = nodes.find(({ name, role }) => role === 'candidate' && !leaving.includes(name));
  const next = other === undefined ? 'NODE' : shortName(plan.nodes.find((node) => fullName(node) === other.name));
  throw new ConflictError(`${master.name} is the master, and cannot be removed`, {
    hint: `make another the master first: vcluster-box exec ${next} gnt-cluster master-failover`,
  });
}

/** A line for each instance that holds the node, with the reason. */
function stuckOn(node: string, leaving: readonly string[], { nodes, instances }: Inventory): readonly string[] {
  const group = groupOf(node, { nodes, instances });
  const places = nodes.some((other) => other.group === group && takesInstances(other) && !leaving.includes(other.name));
  const onIt = instances.filter(isOn(node)).flatMap(({ name, template }) => {
    if (!reachable.has(template) && !copyable.has(template)) {
      return [`${name} on ${node}: Ganeti moves no disks of this kind (${template})`];
    }
    return places ? [] : [`${name} on ${node}: no other node of group ${group} can take it`];
  });
  const second = instances.filter(({ secondaries }) => secondaries.includes(node));
  return [...onIt, ...second.map(({ name, template }) => `${name}: ${node} is its secondary node (${template})`)];
}

function cannotMove(stuck: readonly string[]): ConflictError {
  const what = stuck.length === 1 ? 'an instance that Ganeti cannot move' : 'instances that Ganeti cannot move';
  return new ConflictError(`${what} away; nothing was done`, {
    output: stuck,
    hint: 'remove what you can do without (gnt-instance remove INSTANCE), or keep the node',
  });
}

function takesInstances({ role, vmCapable }: KnownNode): boolean {
  return vmCapable && role !== 'drained' && role !== 'offline';
}

function isOn(node: string) {
  return ({ primary }: KnownInstance): boolean => primary === node;
}

function groupOf(node: string, { nodes }: Inventory): string {
  return nodes.find(({ name }) => name === node)?.group ?? '';
}

function fullName({ names: [name = ''] }: PlannedNode): string {
  return name;
}

function shortName(node: PlannedNode | undefined): string {
  return node?.names.at(-1) ?? '';
}
