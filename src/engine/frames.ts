import type { LogLine } from './engine.ts';

/** A chunk of a command's stdout or stderr. */
export interface Frame {
  readonly stream: LogLine['stream'];
  readonly chunk: Buffer;
}

const headerLength = 8;

/**
 * Splits the stream in which the engine multiplexes stdout and stderr.  Each frame has a header of eight bytes: the
 * first byte is the stream, the last four are the length.
 *
 * Unlike dockerode's `demuxStream()`, this applies back-pressure: it reads only when the next frame is requested.
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
