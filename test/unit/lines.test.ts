import { describe, expect, it } from 'vitest';
import { lineSplitter } from '../../src/lines.ts';

function split(chunks: readonly (Buffer | string)[]): readonly string[] {
  const splitter = lineSplitter();
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()];
}

describe('lines', () => {
  it('can be split anywhere, even within a character', () => {
    const bytes = Buffer.from('grün\n\n€uro\n');
    for (let size = 1; size <= bytes.length; size++) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      expect(split(chunks)).toEqual(['grün', '', '€uro']);
    }
  });

  it('lose their line end, CR LF as well as LF', () => {
    expect(split(['one\r\ntwo\n'])).toEqual(['one', 'two']);
  });

  it('are split when they are longer than 1 MiB, so that a program that writes no line ends needs no memory', () => {
    const [chunks, chunk] = [100, Buffer.alloc(2 ** 16, 'x')];
    const lines = split(Array<Buffer>(chunks).fill(chunk));
    expect(lines.slice(0, -1).map(({ length }) => length)).toEqual(Array(6).fill(2 ** 20));
    expect(lines.join('').length).toBe(chunks * chunk.length);
  });

  it('need no line end at the end', () => {
    expect(split(['one\ntw', 'o'])).toEqual(['one', 'two']);
  });
});
