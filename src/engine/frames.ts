import type { LogLine } from './engine.ts';

/** A piece of what a command wrote to one of its streams. */
export interface Frame {
  readonly stream: LogLine['stream'];
  readonly chunk: Buffer;
}

const headerLength = 8;

/**
 * Takes apart the one stream in which the engine sends a command's stdout and stderr: each frame has a header of eight
 * bytes, the first saying which stream it is, the last four the length.
 *
 * dockerode has a function for it that never waits for its reader; here nothing is read before it is asked for.
 */
export async function* frames(wire: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  let header = Buffer.alloc(0);
  let left = 0;
  for await (const data of wire) {
    let rest = data;
    while (rest.length > 0) {
      if (left > 0) {
        const chunk = rest.subarray(0, left);
        left -= chunk.length;
        rest = rest.subarray(chunk.length);
        yield { stream: header[0] === 1 ? 'stdout' : 'stderr', chunk };
      } else {
        const known = header.length % headerLength;
        header = Buffer.concat([header.subarray(0, known), rest.subarray(0, headerLength - known)]);
        rest = rest.subarray(header.length - known);
        if (header.length === headerLength) left = header.readUInt32BE(4);
      }
    }
  }
}
