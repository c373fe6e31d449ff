import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { planAddresses, refuseTooManySlices } from '../../../src/plan/addresses.ts';

/** The message and the hint of the refusal, or `undefined` if it is accepted. */
function refusal(action: () => unknown): { message: string; hint: string | undefined } | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { message: error.message, hint: error.hint };
  }
}

describe('a subnet', () => {
  it.each([
    [3, '198.18.0.0/29', undefined],
    [4, '198.18.0.0/29', '/28'],
    [7, '198.18.0.0/29', '/28'],
    [8, '198.18.0.0/29', '/27'],
  ])('for %i nodes in %s needs: %s', (nodes, subnet, larger) => {
    const refused = refusal(() => planAddresses(subnet, nodes));
    expect(refused).toEqual(
      larger && {
        message: `the subnet ${subnet} has room for 3 nodes, not for ${nodes}`,
        hint: `give a larger one, ${larger} or shorter: --subnet 198.18.0.0${larger}`,
      },
    );
  });

  it.each([
    [3, '198.18.0.0/22', undefined],
    [4, '198.18.0.0/22', '/21'],
    [7, '198.18.0.0/22', '/21'],
    [8, '198.18.0.0/22', '/20'],
  ])('for %i hosts in %s needs: %s', (hosts, subnet, larger) => {
    const refused = refusal(() => {
      refuseTooManySlices(subnet, hosts);
    });
    expect(refused).toEqual(
      larger && {
        message: `the subnet ${subnet} has room for 3 hosts, not for ${hosts}`,
        hint: `give a larger one, ${larger} or shorter: --subnet 198.18.0.0${larger}`,
      },
    );
  });

  it('of any size has room for a single host, which needs no address of its own', () => {
    expect(
      refusal(() => {
        refuseTooManySlices('198.18.0.0/29', 1);
      }),
    ).toBeUndefined();
  });

  it('that is no network is a bug, because options are checked before', () => {
    expect(() => planAddresses('198.18.0.0', 1)).toThrow(new RangeError('198.18.0.0 is no network'));
  });
});
