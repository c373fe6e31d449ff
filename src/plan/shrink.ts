import { ConflictError } from '../errors.ts';
import { needsOf, nodesIn } from './choose-slice.ts';
import { type Inventory, type KnownInstance, moveTargets } from './inventory.ts';
import type { Plan, PlannedNode } from './plan.ts';

/** How to remove a node.  This program sends it to the slice, which carries it out. */
export interface Departure {
  /** full name */
  readonly node: string;
  readonly moves: readonly Move[];
  /** needs of the node's slice without this node */
  readonly needs: Plan['needs'];
}

export interface Move {
  readonly instance: string;
  /** full name of the target node */
  readonly to: string;
  /** `copy`: the disks are local to the node, so the instance is down while they are copied (`gnt-instance move`) */
  readonly by: 'migration' | 'copy';
}

/**
 * Disk templates without disks, or with disks that all nodes of a group can access: Ganeti's
 * `constants.DTS_EXT_MIRROR`.
 */
const reachable: ReadonlySet<string> = new Set(['diskless', 'sharedfile', 'ext', 'rbd', 'blockdev', 'gluster']);

/** Disk templates with disks that can be copied to another node: `constants.DTS_COPYABLE`. */
const copyable: ReadonlySet<string> = new Set(['file', 'plain']);

/**
 * Plans the removal of nodes, in the given order.  Each instance moves to the remaining node of its group that has the
 * fewest instances at that point.  A node that Ganeti does not know, because adding or removing it was interrupted, has
 * no instances.
 *
 * @throws {ConflictError} when one of the nodes is the master, is the last node, or has instances that cannot move; the
 * error lists all of these instances
 */
export function planDepartures(
  plan: Plan,
  leaving: readonly PlannedNode[],
  inventory: Inventory,
): readonly Departure[] {
  const names = leaving.map(fullName);
  refuseLast(plan, leaving);
  refuseMaster(plan, names, inventory);
  const placesFor = (instance: KnownInstance) => moveTargets(plan, instance, inventory, names);
  const stuck = names.flatMap((name) => stuckOn(name, placesFor, inventory));
  if (stuck.length > 0) throw cannotMove(stuck);
  const load = new Map(inventory.nodes.map(({ name }) => [name, inventory.instances.filter(isOn(name)).length]));
  let rest = plan;
  return leaving.map((each) => {
    const node = fullName(each);
    rest = without(rest, each);
    const { needs } = rest;
    const instances = inventory.instances.filter(isOn(node));
    return { node, needs, moves: instances.map((one) => move(one, placesFor(one), load)) };
  });
}

function without(plan: Plan, leaving: PlannedNode): Plan {
  const nodes = plan.nodes.filter((node) => node !== leaving);
  return { ...plan, nodes, needs: needsOf(nodes, leaving.slice) };
}

function move({ name, template }: KnownInstance, near: readonly string[], load: Map<string, number>): Move {
  const of = (node: string) => load.get(node) ?? 0;
  const to = near.reduce((least, other) => (of(other) < of(least) ? other : least), near[0] ?? '');
  load.set(to, of(to) + 1);
  return { instance: name, to, by: reachable.has(template) ? 'migration' : 'copy' };
}

function refuseLast({ nodes, slices }: Plan, leaving: readonly PlannedNode[]): void {
  if (leaving.length < nodes.length) {
    const emptied = (number: number) =>
      nodesIn(leaving, number) > 0 && nodesIn(nodes, number) === nodesIn(leaving, number);
    const empty = slices.find(({ number }) => emptied(number));
    if (empty === undefined) return;
    throw new ConflictError(`${empty.endpoint} would have no nodes left`, {
      hint: 'each host must keep one node: add another one first, with vcluster-box node add --host',
    });
  }
  const only = `${shortName(nodes[0])} is the only node of the cluster and cannot be removed`;
  const message = nodes.length === 1 ? only : 'cannot remove all nodes of the cluster';
  throw new ConflictError(message, { hint: 'remove the cluster: vcluster-box down' });
}

function refuseMaster(plan: Plan, leaving: readonly string[], { nodes }: Inventory): void {
  const master = nodes.find(({ name, role }) => role === 'master' && leaving.includes(name));
  if (master === undefined) return;
  const other = nodes.find(({ name, role }) => role === 'candidate' && !leaving.includes(name));
  const next = other === undefined ? 'NODE' : shortName(plan.nodes.find((node) => fullName(node) === other.name));
  throw new ConflictError(`${master.name} is the master, and cannot be removed`, {
    hint: `make another the master first: vcluster-box master-failover ${next}`,
  });
}

/** One line, with the reason, for each instance that prevents the removal of the node. */
function stuckOn(
  node: string,
  placesFor: (instance: KnownInstance) => readonly string[],
  { nodes, instances }: Inventory,
): readonly string[] {
  const group = nodes.find(({ name }) => name === node)?.group ?? '';
  const onIt = instances.filter(isOn(node)).flatMap((instance) => {
    const { name, template } = instance;
    if (!reachable.has(template) && !copyable.has(template)) {
      return [`${name} on ${node}: its disk template ${template} cannot be moved`];
    }
    return placesFor(instance).length > 0 ? [] : [`${name} on ${node}: no other node of group ${group} can take it`];
  });
  const second = instances.filter(({ secondaries }) => secondaries.includes(node));
  return [...onIt, ...second.map(({ name, template }) => `${name}: ${node} is its secondary node (${template})`)];
}

function cannotMove(stuck: readonly string[]): ConflictError {
  const what = stuck.length === 1 ? 'this instance' : 'these instances';
  return new ConflictError(`Ganeti cannot move ${what}; nothing was changed`, {
    output: stuck,
    hint: `remove the instance${stuck.length === 1 ? '' : 's'} (gnt-instance remove INSTANCE), or keep the node`,
  });
}

function isOn(node: string) {
  return ({ primary }: KnownInstance): boolean => primary === node;
}

function fullName({ names: [name = ''] }: PlannedNode): string {
  return name;
}

function shortName(node: PlannedNode | undefined): string {
  return node?.names.at(-1) ?? '';
}
