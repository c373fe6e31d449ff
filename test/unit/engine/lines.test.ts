import { describe, expect, it } from 'vitest';
import { lineSplitter } from '../../../src/engine/lines.ts';

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

  it('need no line end at the end', () => {
    expect(split(['one\ntw', 'o'])).toEqual(['one', 'two']);
  });
});
