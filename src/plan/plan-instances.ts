import { defaultInstanceNames } from '../config/defaults.ts';
import { takesInstances } from '../config/node-options.ts';
import { UsageError } from '../errors.ts';
import type { PlannedInstance, PlannedNode } from './plan.ts';

export interface InstanceSpec {
  readonly domain: string;
  /** number of instances to create together with the cluster */
  readonly instances?: number;
  /** names, or their number; `undefined`: enough for the number of nodes */
  readonly instanceNames?: number | readonly string[] | undefined;
}

/** Properties of the instances to create. */
interface Likeness {
  readonly memoryMiB: number;
}

/** The addresses of instances, and how many exist. */
export interface InstanceRoom {
  readonly instance: (number: number) => string;
  readonly instanceRoom: number;
}

/**
 * Plans the names that are reserved for instances.  The first names go to the instances to create, which are
 * distributed over the nodes in turn.
 *
 * @throws {UsageError} when the subnet has too few addresses, or a node has too little memory for its instances
 */
export function planInstances(
  { domain, instances = 0, instanceNames, memoryMiB }: InstanceSpec & Likeness,
  nodes: readonly PlannedNode[],
  room: InstanceRoom,
): readonly PlannedInstance[] {
  const hosts = nodes.filter(takesInstances);
  const usual = Math.min(defaultInstanceNames(nodes.length), room.instanceRoom);
  const names = namesOf(instanceNames ?? Math.max(usual, instances));
  if (names.length > room.instanceRoom) throw tooMany(names.length, room.instanceRoom);
  for (const [index, host] of hosts.entries()) {
    refuseTooMany(host, Math.ceil((instances - index) / hosts.length), memoryMiB);
  }
  return names.map((name, index) => {
    const host = index < instances ? hosts[index % hosts.length] : undefined;
    const named = { names: [`${name}.${domain}`, name], address: room.instance(index + 1) };
    return host === undefined ? named : { ...named, node: host.names[0] ?? '' };
  });
}

function namesOf(wanted: number | readonly string[]): readonly string[] {
  if (typeof wanted !== 'number') return wanted;
  return Array.from({ length: wanted }, (_, index) => `instance${index + 1}`);
}

/** Ganeti would refuse to start instances that do not fit. */
function refuseTooMany({ names, resources }: PlannedNode, count: number, memoryMiB: number): void {
  const room = Math.floor((resources.memoryMiB - resources.ownMemoryMiB) / memoryMiB);
  if (count <= room) return;
  throw new UsageError(`${names.at(-1) ?? ''} has memory for ${room} instances of ${memoryMiB} MiB, not for ${count}`, {
    hint: 'ask for fewer instances, or for larger nodes: --node-memory SIZE',
  });
}

function tooMany(count: number, room: number): UsageError {
  return new UsageError(`the subnet has room for ${room} instances, not for ${count}`, {
    hint: 'give a larger one: --subnet CIDR',
  });
}
