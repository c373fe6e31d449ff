import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCidr, formatIpv4, networkOf, overlap, parseCidr, parseIpv4, sizeOf } from '../../../src/config/ipv4.ts';

const anyAddress = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const anyNetwork = fc
  .tuple(anyAddress, fc.integer({ min: 0, max: 32 }))
  .map(([first, prefix]) => networkOf({ first, prefix }));
const parsed = (text: string) => parseCidr(text) ?? expect.fail(`${text} is no network`);

describe('IPv4 addresses', () => {
  it('are the same after being written and read', () => {
    fc.assert(
      fc.property(anyAddress, (address) => {
        expect(parseIpv4(formatIpv4(address))).toBe(address);
      }),
    );
  });

  it.each(['1.2.3', '1.2.3.4.5', '1.2.3.256', '01.2.3.4', '1.2.3.4 ', 'a.b.c.d', ''])('are not %j', (text) => {
    expect(parseIpv4(text)).toBeUndefined();
  });

  it('are as `inet_aton` has them', () => {
    expect(parseIpv4('198.18.1.2')).toBe(0xc6_12_01_02);
  });
});

describe('IPv4 networks', () => {
  it('are the same after being written and read', () => {
    fc.assert(
      fc.property(anyNetwork, (network) => {
        expect(parseCidr(formatCidr(network))).toEqual(network);
      }),
    );
  });

  it('overlap exactly when one holds the other’s first address', () => {
    fc.assert(
      fc.property(anyNetwork, anyNetwork, (a, b) => {
        const holds = (x: typeof a, y: typeof a) => y.first >= x.first && y.first < x.first + sizeOf(x);
        expect(overlap(a, b)).toBe(holds(a, b) || holds(b, a));
      }),
    );
  });

  it.each([
    ['198.18.0.0/16', '198.18.7.0/24', true],
    ['198.18.0.0/16', '198.19.0.0/16', false],
    ['10.0.0.0/8', '10.255.255.248/29', true],
    ['172.17.0.1/16', '172.17.5.0/24', true],
  ])('%s and %s overlap: %s', (a, b, answer) => {
    expect(overlap(parsed(a), parsed(b))).toBe(answer);
  });
});
