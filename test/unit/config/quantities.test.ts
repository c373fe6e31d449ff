import { expect, it } from 'vitest';
import { formatSize, parseSeconds, parseSize } from '../../../src/config/quantities.ts';

it.each([
  ['1024', 1024],
  ['10b', 10],
  ['512m', 2 ** 29],
  ['1.5g', 1.5 * 2 ** 30],
  ['2GiB', 2 ** 31],
  ['1tb', 2 ** 40],
  ['g', undefined],
  ['-1g', undefined],
])('the size %s is %s bytes', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

it.each([
  [0, '0'],
  [1000, '1000'],
  [2 ** 30, '1g'],
  [3 * 2 ** 29, '1536m'],
])('%s bytes are the size %s', (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});

it.each([
  ['90', 90],
  ['90s', 90],
  ['5m', 300],
  ['2h', 7200],
  ['1.5h', undefined],
  ['soon', undefined],
])('the time %s is %s seconds', (text, seconds) => {
  expect(parseSeconds(text)).toBe(seconds);
});
