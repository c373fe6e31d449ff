import { StringDecoder } from 'node:string_decoder';

export interface LineSplitter {
  /** The lines that end in this chunk, without their line end. */
  readonly push: (chunk: Buffer | string) => readonly string[];
  /** What is left after the last line end, if anything. */
  readonly end: () => readonly string[];
}

/** Puts lines together from chunks that end anywhere, also within a character. */
export function lineSplitter(): LineSplitter {
  const decoder = new StringDecoder('utf8');
  let begun = '';
  return {
    push: (chunk) => {
      const pieces = (begun + (typeof chunk === 'string' ? chunk : decoder.write(chunk))).split('\n');
      begun = pieces.pop() ?? '';
      return pieces.map((line) => line.replace(/\r$/, ''));
    },
    end: () => {
      const last = begun + decoder.end();
      begun = '';
      return last === '' ? [] : [last];
    },
  };
}
