import { formatCidr, networkOf, overlap, parseCidr, type Cidr } from './ipv4.ts';

/** Ganeti refuses loopback addresses, and the others cannot be a node's. */
const unusable: readonly (readonly [cidr: string, what: string])[] = [
  ['0.0.0.0/8', 'addresses of "this" network'],
  ['127.0.0.0/8', 'loopback addresses'],
  ['169.254.0.0/16', 'link-local addresses'],
  ['224.0.0.0/4', 'multicast addresses'],
  ['240.0.0.0/4', 'reserved addresses'],
];

/**
 * Whether a cluster's addresses can be taken from it, leaving open whether there are enough.
 *
 * @returns what is wrong with it, or `undefined`
 */
export function subnetProblem(text: string): string | undefined {
  const cidr = parseCidr(text);
  if (cidr === undefined) return `an IPv4 network such as 198.18.0.0/16, not ${text}`;
  if (cidr.prefix < 8 || cidr.prefix > 29) return `a network from /8 to /29, not ${text}`;
  return misplaced(cidr, text);
}

function misplaced(cidr: Cidr, text: string): string | undefined {
  const network = formatCidr(networkOf(cidr));
  if (network !== text) return `the address of a network: ${network}, not ${text}`;
  const bad = unusable.find(([other]) => overlap(cidr, parseCidr(other) ?? cidr));
  return bad && `a network that nodes can have addresses of, not ${text} (${bad[1]})`;
}
