import { formatCidr, overlap, parseCidr, sizeOf } from '../config/ipv4.ts';

/** Where small subnets for containers' networks are taken from when the engine's own pools are used up. */
const reserve = '10.213.0.0/16';
const prefix = 28;

/** Subnets of 16 addresses: more than the containers of one cluster on one engine. */
export function* smallSubnets(): Generator<string> {
  const whole = parseCidr(reserve);
  if (whole === undefined) return;
  for (let first = whole.first; first < whole.first + sizeOf(whole); first += 2 ** (32 - prefix)) {
    yield formatCidr({ first, prefix });
  }
}

/** Whether two IPv4 networks in CIDR form share an address; what is none of these (IPv6) shares none. */
export function overlaps(one: string, other: string): boolean {
  const [a, b] = [parseCidr(one), parseCidr(other)];
  return a !== undefined && b !== undefined && overlap(a, b);
}
