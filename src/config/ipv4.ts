/** An IPv4 network: its first address as a number, and how many bits of it are fixed. */
export interface Cidr {
  readonly first: number;
  readonly prefix: number;
}

/** @returns `undefined` when it is no dotted IPv4 address */
export function parseIpv4(text: string): number | undefined {
  if (!/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text)) return undefined;
  const bytes = text.split('.').map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes.reduce((sum, byte) => sum * 256 + byte, 0) : undefined;
}

export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

/** @returns `undefined` unless it is ADDRESS/LENGTH; bits of the host part may be set */
export function parseCidr(text: string): Cidr | undefined {
  const [, address = '', length = ''] = /^([\d.]+)\/(\d{1,2})$/.exec(text) ?? [];
  const first = parseIpv4(address);
  return first === undefined || Number(length) > 32 ? undefined : { first, prefix: Number(length) };
}

export function formatCidr({ first, prefix }: Cidr): string {
  return `${formatIpv4(first)}/${prefix}`;
}

/** How many addresses are in it, the first and the last included. */
export function sizeOf({ prefix }: Cidr): number {
  return 2 ** (32 - prefix);
}

/** The network that an address of the same length is in: the host part's bits are zero. */
export function networkOf(cidr: Cidr): Cidr {
  return { ...cidr, first: cidr.first - (cidr.first % sizeOf(cidr)) };
}

export function overlap(a: Cidr, b: Cidr): boolean {
  const [x, y] = [networkOf(a), networkOf(b)];
  return x.first < y.first + sizeOf(y) && y.first < x.first + sizeOf(x);
}
