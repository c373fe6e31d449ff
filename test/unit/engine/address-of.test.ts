import { describe, expect, it } from 'vitest';
import { addressOf } from '../../../src/engine/locate/address-of.ts';
import { UsageError } from '../../../src/errors.ts';

describe('the address of an endpoint', () => {
  it.each([
    ['tcp://192.0.2.7:2376', '192.0.2.7'],
    ['ssh://ops@192.0.2.8:2222', '192.0.2.8'],
    ['unix:///var/run/docker.sock', undefined],
    ['lab', undefined],
    ['default', undefined],
  ])('%s is %s', async (endpoint, address) => {
    expect(await addressOf(endpoint)).toBe(address);
  });

  it.each([
    ['tcp://localhost:2375', 'resolves to 127.0.0.1, which other hosts cannot reach'],
    [
      'tcp://no-such-host.invalid:2376',
      'cannot resolve no-such-host.invalid (from tcp://no-such-host.invalid:2376) to an IPv4 address',
    ],
    ['tcp://[2001:db8::7]:2376', 'cannot resolve 2001:db8::7 (from tcp://[2001:db8::7]:2376) to an IPv4 address'],
  ])('%s fails: %s', async (endpoint, message) => {
    const refused = expect(addressOf(endpoint));
    await refused.rejects.toThrow(UsageError);
    await expect(addressOf(endpoint)).rejects.toThrow(message);
  });
});
