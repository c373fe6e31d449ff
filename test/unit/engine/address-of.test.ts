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
    ['tcp://localhost:2375', 'is 127.0.0.1 here, by which no other host reaches it'],
    ['tcp://no-such-host.invalid:2376', 'no IPv4 address is known here for no-such-host.invalid'],
    ['tcp://[2001:db8::7]:2376', 'no IPv4 address is known here for 2001:db8::7'],
  ])('%s is refused: %s', async (endpoint, message) => {
    const refused = expect(addressOf(endpoint));
    await refused.rejects.toThrow(UsageError);
    await expect(addressOf(endpoint)).rejects.toThrow(message);
  });
});
