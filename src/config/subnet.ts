import ipaddr from 'ipaddr.js';
import * as patterns from './patterns.ts';
import { pattern, type Scalar, scalar } from './values.ts';

const { IPv4 } = ipaddr;

/** An IPv4 network: its first address as a number, and the length of its prefix. */
export interface Cidr {
  readonly first: number;
  readonly prefix: number;
}

/** @returns `undefined` unless the text is ADDRESS/LENGTH; host bits can be set */
export function parseCidr(text: string): Cidr | undefined {
  if (!IPv4.isValidCIDRFourPartDecimal(text)) return undefined;
  const [address, prefix] = IPv4.parseCIDR(text);
  return { first: Buffer.from(address.toByteArray()).readUInt32BE(), prefix };
}

export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

/** Number of addresses, including the first and the last. */
export function sizeOf({ prefix }: Pick<Cidr, 'prefix'>): number {
  return 2 ** (32 - prefix);
}

/** Whether two IPv4 networks in CIDR form share an address. Anything else, such as IPv6, shares none. */
export function overlaps(one: string, other: string): boolean {
  if (![one, other].every((text) => IPv4.isValidCIDRFourPartDecimal(text))) return false;
  const [[a, aLength], [b, bLength]] = [IPv4.parseCIDR(one), IPv4.parseCIDR(other)];
  return a.match(b, Math.min(aLength, bLength));
}

/** Pool of small subnets for container networks, for engines whose own pools are used up. */
const pool = '10.213.0.0/16';

/** Subnets of 16 addresses: more than the containers of one cluster on one engine. */
export function* smallSubnets(): Generator<string> {
  const all = parseCidr(pool);
  if (all === undefined) return;
  const prefix = 28;
  for (let first = all.first; first < all.first + sizeOf(all); first += sizeOf({ prefix })) {
    yield `${formatIpv4(first)}/${prefix}`;
  }
}

/** Ganeti refuses loopback addresses; the others cannot be assigned to a node. */
const unusable: readonly (readonly [cidr: string, what: string])[] = [
  ['0.0.0.0/8', '"this network" addresses'],
  ['127.0.0.0/8', 'loopback addresses'],
  ['169.254.0.0/16', 'link-local addresses'],
  ['224.0.0.0/4', 'multicast addresses'],
  ['240.0.0.0/4', 'reserved addresses'],
];

/** A subnet that a cluster can take its addresses from, whatever their number. */
export const subnet: Scalar<string> = {
  ...scalar(
    'an IPv4 network such as 198.18.0.0/16',
    [pattern(patterns.subnet)],
    (text) => (subnetProblem(text) === undefined ? text : undefined),
    '/8 to /29',
  ),
  explain: subnetProblem,
};

/** What is wrong with a network for the addresses in a cluster; `undefined`: nothing, or it is no network at all. */
export function subnetProblem(text: string): string | undefined {
  const cidr = parseCidr(text);
  if (cidr === undefined) return undefined;
  if (cidr.prefix < 8 || cidr.prefix > 29) return `must be a network from /8 to /29, not ${text}`;
  const network = `${IPv4.networkAddressFromCIDR(text).toString()}/${cidr.prefix}`;
  if (network !== text) return `must be the address of the network, ${network}, not ${text}`;
  const [, what] = unusable.find(([other]) => overlaps(text, other)) ?? [];
  return what && `must not contain ${what}, as ${text} does`;
}
