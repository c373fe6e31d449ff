import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { expect, it } from 'vitest';
import { nodePrefixes, prefixedLines } from '../../../src/cli/node-lines.ts';

async function written(chunks: readonly (string | Buffer)[]): Promise<string> {
  const target = new PassThrough();
  const all = text(target);
  const stream = prefixedLines(target, '> ');
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await finished(stream);
  target.end();
  return all;
}

it.each([
  [[], ''],
  [['a\nb\n'], '> a\n> b\n'],
  [['a', 'b', '\n', 'c'], '> ab\n> c\n'],
  [['\n\n'], '> \n> \n'],
  [['a\r\n'], '> a\r\n'],
  [[Buffer.from([0xc3]), Buffer.from([0xbc, 0x0a])], '> ü\n'],
])('prefixes each line: %j', async (chunks, expected) => {
  expect(await written(chunks)).toBe(expected);
});

it('splits a line longer than 1 MiB', () => {
  const target = new PassThrough();
  const stream = prefixedLines(target, '> ');
  stream.write(Buffer.alloc(2 ** 20, 'x'));
  expect((target.read() as Buffer).length).toBe(2 ** 20 + 3);
});

it('escapes the names of nodes in prefixes', () => {
  const target = { names: ['a\u001b[2J\nb'], container: 'c', directory: '/d', cluster: 'lab' };
  expect(nodePrefixes([target])(target, false)).toBe('a\\u001b[2J\\nb | ');
});
