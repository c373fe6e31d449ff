import { ConflictError } from '../errors.ts';
import { type AddressPlan, planAddresses, planSecondaryAddresses, type SecondaryAddresses } from './addresses.ts';
import { defaultInstanceNames } from '../config/defaults.ts';
import type { SomeSizes } from '../config/node-options.ts';
import { needsOf, smallestSlice } from './choose-slice.ts';
import { addressesOf, planResources, sizesOf } from './plan-nodes.ts';
import type { Inventory } from './inventory.ts';
import type { NamedAddress, Plan, PlannedNode } from './plan.ts';

/** What one additional node adds to a plan.  This program sends it to the slice, which adds it to its plan. */
export interface Addition {
  readonly node: PlannedNode;
  /** additional names for instances */
  readonly instances: readonly NamedAddress[];
  /** needs of the node's slice with this node */
  readonly needs: Plan['needs'];
}

/** Options that apply to all new nodes. */
export interface NewNodes extends SomeSizes {
  /** default: each node goes to the group with the fewest nodes at that point */
  readonly group?: string | undefined;
  /**
   * number of the slice, in a cluster with several; default: each node goes to the slice with the fewest nodes at that
   * point
   */
  readonly slice?: number | undefined;
  /** what Ganeti has, if the cluster runs: it changes node groups, and gives addresses to instances */
  readonly inventory?: Inventory | undefined;
}

const mostNodes = 1000;

/**
 * Plans additional nodes, in order; each takes the ones before it into account.
 *
 * Numbers continue after the highest one in use.  When the subnet has no room for higher numbers, free lower ones are
 * used.
 *
 * @throws {ConflictError} when there is no room for that many nodes
 */
export function growPlan(plan: Plan, count: number, like: NewNodes = {}): readonly Addition[] {
  refuseTooMany(plan, count);
  const addresses = addressesIn(plan);
  const additions: Addition[] = [];
  let grown = plan;
  for (let left = count; left > 0; left -= 1) {
    const addition = planAddition(grown, addresses, like);
    if (addition === undefined) throw noRoom(plan, addresses.nodeRoom);
    additions.push(addition);
    grown = grow(grown, addition);
  }
  return additions;
}

type Addresses = AddressPlan & { readonly secondary: SecondaryAddresses['node'] | undefined };

/** Every node has a number of its own, which both subnets must have room for. */
function addressesIn({ network: { subnet, secondarySubnet } }: Plan): Addresses {
  const primary = planAddresses(subnet, 1);
  if (secondarySubnet === undefined) return { ...primary, secondary: undefined };
  const secondary = planSecondaryAddresses(secondarySubnet, 1);
  const nodeRoom = Math.min(primary.nodeRoom, secondary.nodeRoom);
  return { ...primary, nodeRoom, secondary: secondary.node };
}

/** Returns the plan with the addition. */
export function grow(plan: Plan, { node, instances, needs }: Addition): Plan {
  return { ...plan, nodes: [...plan.nodes, node], instances: [...plan.instances, ...instances], needs };
}

function planAddition(plan: Plan, addresses: Addresses, like: NewNodes): Addition | undefined {
  const place = freePlace(plan, addresses, like);
  if (place === undefined) return undefined;
  const count = plan.nodes.length + 1;
  const node = {
    ...place,
    slice: like.slice ?? smallestSlice(plan),
    group: like.group ?? smallestGroup(plan, like),
    resources: planResources(like, sizesOf(plan.newNodes)),
  };
  return {
    node,
    instances: furtherInstances(plan, addresses, count),
    needs: needsOf([...plan.nodes, node], node.slice),
  };
}

type Place = Pick<PlannedNode, 'names' | 'address' | 'secondaryAddress'>;

function freePlace(plan: Plan, addresses: Addresses, { inventory }: NewNodes): Place | undefined {
  const slices = plan.slices.flatMap(({ address }) => (address === null ? [] : [{ names: [], address }]));
  const given = inventory?.instances.flatMap((instance) => instance.addresses) ?? [];
  const taken = new Set([...takenBy([plan.cluster, ...slices, ...plan.nodes, ...plan.instances]), ...given]);
  const highest = Math.max(0, ...plan.nodes.map(numberOf));
  for (let step = 0; step < addresses.nodeRoom; step += 1) {
    const number = ((highest + step) % addresses.nodeRoom) + 1;
    const place = {
      names: namesOf(`node${number}`, plan),
      ...addressesOf(number, addresses.node, addresses.secondary),
    };
    if (!isTaken(place, taken)) return place;
  }
  return undefined;
}

/** As many names as a new plan with that many nodes has; none if the user chose the instance names. */
function furtherInstances(plan: Plan, addresses: AddressPlan, nodes: number): readonly NamedAddress[] {
  const known = plan.instances.length;
  if (known === 0 || !plan.instances.every(({ names: [name = ''] }) => /^instance\d+(\.|$)/.test(name))) return [];
  const wanted = Math.min(defaultInstanceNames(nodes), addresses.instanceRoom);
  const taken = takenBy(plan.instances);
  return Array.from({ length: Math.max(0, wanted - known) }, (_, index) => known + index + 1)
    .map((number) => ({ names: namesOf(`instance${number}`, plan), address: addresses.instance(number) }))
    .filter((place) => !isTaken(place, taken));
}

function takenBy(all: readonly NamedAddress[]): ReadonlySet<string> {
  return new Set(all.flatMap((each) => [each.address, ...each.names]));
}

function isTaken({ names: own, address, secondaryAddress = '' }: Place, taken: ReadonlySet<string>): boolean {
  return taken.has(address) || taken.has(secondaryAddress) || own.some((name) => taken.has(name));
}

function numberOf({ names: [name = ''] }: NamedAddress): number {
  return Number(/^node(\d{1,6})(\.|$)/.exec(name)?.[1] ?? 0);
}

/** The full and the short name.  The domain is that of the cluster's full name. */
function namesOf(short: string, { cluster }: Plan): readonly string[] {
  const [full = ''] = cluster.names;
  const dot = full.indexOf('.');
  return dot < 0 ? [short] : [`${short}${full.slice(dot)}`, short];
}

/** The first group with the fewest nodes; empty groups count. */
function smallestGroup(plan: Plan, { inventory }: NewNodes): string {
  const sizes = new Map((inventory?.groups ?? plan.groups.map(({ name }) => name)).map((name) => [name, 0]));
  const known = new Map(inventory?.nodes.map(({ name, group }) => [name, group]));
  const groups = plan.nodes.map(({ names: [name = ''], group }) => known.get(name) ?? group);
  for (const group of groups) if (sizes.has(group)) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const [first = ['default', 0] as const, ...others] = sizes;
  return others.reduce((least, each) => (each[1] < least[1] ? each : least), first)[0];
}

function refuseTooMany({ nodes: { length } }: Plan, count: number): void {
  if (length + count <= mostNodes) return;
  throw new ConflictError(
    `a cluster can have at most ${mostNodes} nodes: this one has ${length}, requested ${count} more`,
    {
      hint: `add at most ${mostNodes - length}`,
    },
  );
}

function noRoom({ nodes, network: { subnet } }: Plan, room: number): ConflictError {
  const free = Math.max(0, room - nodes.length);
  const used = free > 0 ? nodes.length : `all ${room}`;
  const instead = free > 0 ? `add at most ${free}` : 'remove nodes';
  return new ConflictError(`the subnet ${subnet} has room for ${room} nodes, and ${used} are in use`, {
    hint: `${instead}, or recreate the cluster with a larger subnet: up --subnet CIDR`,
  });
}
