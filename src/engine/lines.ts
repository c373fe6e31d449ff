import { StringDecoder } from 'node:string_decoder';

export interface LineSplitter {
  /** Returns the lines that end in this chunk, without their line ends. */
  readonly push: (chunk: Buffer | string) => readonly string[];
  /** Returns what follows the last line end, if anything. */
  readonly end: () => readonly string[];
}

/** Longer lines are split, because anything can write to a container's log, without line ends, too. */
const maxLength = 2 ** 20;

/**
 * Splits chunks into lines.  Chunks can end anywhere, even within a character.  `readline` cannot replace this: it
 * would need one stream each for stdout and stderr, so their order would be lost, and it ignores errors of its input.
 */
export function lineSplitter(): LineSplitter {
  const decoder = new StringDecoder('utf8');
  let partial = '';
  return {
    push: (chunk) => {
      const pieces = (partial + (typeof chunk === 'string' ? chunk : decoder.write(chunk))).split('\n');
      const last = pieces.at(-1) ?? '';
      partial = last.length < maxLength ? (pieces.pop() ?? '') : '';
      return pieces.map((line) => line.replace(/\r$/, ''));
    },
    end: () => {
      const last = partial + decoder.end();
      partial = '';
      return last === '' ? [] : [last];
    },
  };
}
