import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatIpv4, overlaps, parseCidr, sizeOf, smallSubnets } from '../../../src/config/subnet.ts';

const anyAddress = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const anyNetwork = fc
  .tuple(anyAddress, fc.integer({ min: 0, max: 32 }))
  .map(([address, prefix]) => ({ first: address - (address % sizeOf({ prefix })), prefix }));
const parsed = (text: string) => parseCidr(text) ?? expect.fail(`${text} is not a network`);
const format = ({ first, prefix }: { first: number; prefix: number }) => `${formatIpv4(first)}/${prefix}`;

describe('an IPv4 network', () => {
  it('is the same after formatting and parsing', () => {
    fc.assert(
      fc.property(anyNetwork, (network) => {
        expect(parseCidr(format(network))).toEqual(network);
      }),
    );
  });

  it.each([
    '1.2.3/8',
    '1.2.3.4.5/8',
    '1.2.3.256/8',
    '01.2.3.4/8',
    '1.2.3.4/8 ',
    'a.b.c.d/8',
    '1.2.3.4',
    '1.2.3.4/33',
    '',
  ])('is not %j', (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });

  it('has its address in network byte order', () => {
    expect(parsed('198.18.1.2/32').first).toBe(0xc6_12_01_02);
  });
});

describe('two IPv4 networks', () => {
  it('overlap exactly when one contains the first address of the other', () => {
    fc.assert(
      fc.property(anyNetwork, anyNetwork, (a, b) => {
        const contains = (x: typeof a, y: typeof a) => y.first >= x.first && y.first < x.first + sizeOf(x);
        expect(overlaps(format(a), format(b))).toBe(contains(a, b) || contains(b, a));
      }),
    );
  });

  it.each([
    ['198.18.0.0/16', '198.18.7.0/24', true],
    ['198.18.0.0/16', '198.19.0.0/16', false],
    ['10.0.0.0/8', '10.255.255.248/29', true],
    ['172.17.0.1/16', '172.17.5.0/24', true],
    ['10.0.0.0/8', 'fd00::/64', false],
  ])('%s and %s overlap: %s', (a, b, answer) => {
    expect(overlaps(a, b)).toBe(answer);
  });
});

it('the pool for container networks has all of 10.213.0.0/16, in subnets of 16 addresses', () => {
  const all = [...smallSubnets()];
  expect(all.slice(0, 2)).toEqual(['10.213.0.0/28', '10.213.0.16/28']);
  expect([all.length, all.at(-1)]).toEqual([4096, '10.213.255.240/28']);
});
