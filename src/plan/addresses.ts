import { formatIpv4, parseCidr, sizeOf, type Cidr } from '../config/subnet.ts';
import { UsageError } from '../errors.ts';

/**
 * How the addresses of the subnet are assigned.  A node's address depends only on its number, so a cluster can grow.
 */
export interface AddressPlan {
  readonly cluster: string;
  /** @param number from 1 */
  readonly node: (number: number) => string;
  /**
   * The address of a slice itself, in a cluster with several.
   *
   * @param number from 1
   */
  readonly slice: (number: number) => string;
  /** @param number from 1 */
  readonly instance: (number: number) => string;
  /** number of available instance addresses */
  readonly instanceRoom: number;
  /** number of available node addresses, which is also the highest possible node number */
  readonly nodeRoom: number;
}

/**
 * The cluster has the first address.  Nodes start after 1/256 of the subnet and instances at its half: in a /16, the
 * cluster has x.y.0.1, nodes have x.y.1.1 ... and instances x.y.128.1 ...  Several slices have addresses between the
 * cluster's and the nodes'.
 *
 * @throws {UsageError} when the subnet has too little room for the nodes
 */
export function planAddresses(subnet: string, nodes: number): AddressPlan {
  const cidr = parseCidr(subnet);
  if (cidr === undefined) throw new RangeError(`${subnet} is no network`);
  if (nodes > nodeRoom(cidr)) throw tooSmall(subnet, cidr, nodes);
  const at = (offset: number) => formatIpv4(cidr.first + offset);
  return {
    cluster: at(1),
    node: (number) => at(beforeNodes(cidr) + number),
    slice: (number) => at(1 + number),
    instance: (number) => at(sizeOf(cidr) / 2 + number),
    instanceRoom: sizeOf(cidr) / 2 - 2, // its first address is a node's, its last one is for broadcast
    nodeRoom: nodeRoom(cidr),
  };
}

/** The secondary addresses of nodes: the first node has the first address. */
export interface SecondaryAddresses {
  /** @param number from 1 */
  readonly node: (number: number) => string;
  /** the highest possible node number */
  readonly nodeRoom: number;
}

/**
 * @param nodes highest number of a node
 * @throws {UsageError} when the subnet has too little room for the nodes
 */
export function planSecondaryAddresses(subnet: string, nodes: number): SecondaryAddresses {
  const cidr = parseCidr(subnet);
  if (cidr === undefined) throw new RangeError(`${subnet} is no network`);
  const nodeRoom = sizeOf(cidr) - 2; // without the network's own address and that for broadcast
  if (nodes > nodeRoom) {
    const prefix = 32 - Math.ceil(Math.log2(nodes + 2));
    throw new UsageError(`the secondary subnet ${subnet} has room for ${nodeRoom} nodes, not for ${nodes}`, {
      hint: `give a larger one, /${prefix} or shorter: --secondary-subnet CIDR`,
    });
  }
  return { node: (number) => formatIpv4(cidr.first + number), nodeRoom };
}

function beforeNodes(cidr: Cidr): number {
  return Math.max(1, Math.floor(sizeOf(cidr) / 256));
}

function nodeRoom(cidr: Cidr): number {
  return sizeOf(cidr) / 2 - beforeNodes(cidr);
}

function sliceRoom(cidr: Cidr): number {
  return beforeNodes(cidr) - 1;
}

/** @throws {UsageError} when the subnet has too little room for the slices */
export function refuseTooManySlices(subnet: string, slices: number): void {
  const cidr = parseCidr(subnet);
  if (cidr === undefined || slices < 2 || slices <= sliceRoom(cidr)) return;
  let { prefix } = cidr;
  while (sliceRoom({ ...cidr, prefix }) < slices) prefix -= 1;
  throw new UsageError(`the subnet ${subnet} has room for ${sliceRoom(cidr)} hosts, not for ${slices}`, {
    hint: `give a larger one, /${prefix} or shorter: --subnet 198.18.0.0/${prefix}`,
  });
}

function tooSmall(subnet: string, cidr: Cidr, nodes: number): UsageError {
  let { prefix } = cidr;
  while (nodeRoom({ ...cidr, prefix }) < nodes) prefix -= 1;
  return new UsageError(`the subnet ${subnet} has room for ${nodeRoom(cidr)} nodes, not for ${nodes}`, {
    hint: `give a larger one, /${prefix} or shorter: --subnet 198.18.0.0/${prefix}`,
  });
}
