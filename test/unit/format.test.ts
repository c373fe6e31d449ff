import { expect, it } from 'vitest';
import { escapeControl, formatBytes, formatMemory } from '../../src/format.ts';

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

it.each([
  ['an escape sequence', '\u001b]0;x\u0007', '\\u001b]0;x\\u0007'],
  ['a C1 control character', '\u009b1m', '\\u009b1m'],
  ['marks that change the direction of text', 'a\u202eb\u2066', 'a\\u202eb\\u2066'],
  ['a carriage return', 'a\rb', 'a\\u000db'],
  ['a line separator', 'a\u2028b', 'a\\u2028b'],
  ['an invisible character outside the BMP', '\u{e0041}', '\\udb40\\udc41'],
  ['half a character', 'a\ud800', 'a\\ud800'],
  ['nothing else', 'größe\t\u{1f600}\nb\\', 'größe\t\u{1f600}\nb\\'],
])('escapes %s', (_what, text, escaped) => {
  expect(escapeControl(text)).toBe(escaped);
});
