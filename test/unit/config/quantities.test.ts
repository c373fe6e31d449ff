import { expect, it } from 'vitest';
import { formatSize, parseSeconds, parseSize, parseWhole, within } from '../../../src/config/quantities.ts';

it.each([
  ['1024', 1024],
  ['10b', 10],
  ['512m', 2 ** 29],
  ['1.5g', 1.5 * 2 ** 30],
  ['2GiB', 2 ** 31],
  ['1tb', 2 ** 40],
  ['g', undefined],
  ['-1g', undefined],
  ['1gx', undefined],
  ['x1g', undefined],
  [' 1g\n', 2 ** 30],
  ['', undefined],
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
  ['5mm', undefined],
  ['x5', undefined],
  [' 5m ', 300],
])('the time %s is %s seconds', (text, seconds) => {
  expect(parseSeconds(text)).toBe(seconds);
});

it.each([
  ['0', 0],
  ['15', 15],
  ['999999999999999', 999_999_999_999_999],
  ['1000000000000000', undefined],
  ['x1', undefined],
  ['1x', undefined],
  ['', undefined],
])('the text %j is the whole number %s', (text, number) => {
  expect(parseWhole(text)).toBe(number);
});

it.each([
  ['1', undefined],
  ['2', 2],
  ['4', 4],
  ['5', undefined],
  ['three', undefined],
])('of numbers from 2 to 4, %j is %s', (text, number) => {
  expect(within(parseWhole, 2, 4)(text)).toBe(number);
});
