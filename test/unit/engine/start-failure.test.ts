import { describe, expect, it } from 'vitest';
import { explainStartFailure } from '../../../src/engine/start-failure.ts';
import { AddressMissingError, EngineError, PortTakenError } from '../../../src/errors.ts';

const explain = (message: string) => explainStartFailure(new EngineError(message));
const driver = 'cannot start container c: driver failed programming external connectivity on endpoint e (5f)';

describe('a container that cannot be started', () => {
  it.each([
    [`${driver}: Error starting userland proxy: listen tcp4 10.99.99.1:5080: bind: cannot assign requested address`],
    [
      'cannot start container c: cannot listen on the TCP port: listen tcp4 10.99.99.1:5080: bind: cannot assign requested address',
    ],
    ['cannot start container c: listen udp4 10.99.99.1:5080: bind: cannot assign requested address'],
  ])('names the address that its host does not have, and nothing else: %s', (message) => {
    const error = explain(message);
    expect(error).toBeInstanceOf(AddressMissingError);
    expect(error).toMatchObject({
      message: "cannot publish 10.99.99.1:5080: 10.99.99.1 is not an address of the engine's host",
      cause: undefined,
    });
  });

  it('names an IPv6 address that its host does not have', () => {
    const error = explain(`${driver}: listen tcp6 [fd00::9]:5080: bind: cannot assign requested address`);
    expect(error.message).toBe("cannot publish [fd00::9]:5080: [fd00::9] is not an address of the engine's host");
  });

  it('names a port that is in use', () => {
    const error = explain(`${driver}: Bind for 127.0.0.1:5080 failed: port is already allocated`);
    expect(error).toBeInstanceOf(PortTakenError);
    expect(error.message).toBe("127.0.0.1:5080 is in use on the engine's host");
  });

  it('keeps all other messages', () => {
    expect(explain('cannot start container c: no space left').message).toBe('cannot start container c: no space left');
  });
});
