import { Writable } from 'node:stream';
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
 * would need one stream each for stdout and stderr, so their order would be lost, it ignores errors of its input, and
 * its lines have any length.
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

/** A stream that calls `onLine` with each line that is written to it; with the last one when the stream ends. */
export function lineStream(onLine: (line: string) => void): Writable {
  const splitter = lineSplitter();
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      splitter.push(chunk).forEach(onLine);
      done();
    },
    final: (done) => {
      splitter.end().forEach(onLine);
      done();
    },
  });
}

/** Adds a line, and forgets the first ones when there are more than `count`. */
export function keepLast(lines: string[], line: string, count: number): void {
  lines.push(line);
  if (lines.length > count) lines.shift();
}
