import { expect, it } from 'vitest';
import { ResourceError } from '../../../../src/errors.ts';
import { choosePort } from '../../../../src/cluster/ports/free-port.ts';

it.each([
  [[], 5080],
  [[5080], 5081],
  [[5081, 5080, 5083], 5082],
  [[80, 8080], 5080],
])('with %j taken, RAPI gets port %i', (taken, port) => {
  expect(choosePort(taken)).toBe(port);
});

it('refuses when no port is left', () => {
  expect(() => choosePort([65_535], 65_535)).toThrow(ResourceError);
});
