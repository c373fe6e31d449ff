import { expect, it } from 'vitest';
import { formatBytes, formatMemory } from '../../src/format.ts';

it.each([
  [0, '0.0 MB'],
  [387_000, '0.4 MB'],
  [9_940_000, '9.9 MB'],
  [347_600_000, '348 MB'],
  [4_012_000_000, '4012 MB'],
])('%i bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it.each([
  [512 * 2 ** 20, '512 MiB'],
  [1536 * 2 ** 20, '1.5 GiB'],
])('%i bytes of memory are %s', (bytes, text) => {
  expect(formatMemory(bytes)).toBe(text);
});
