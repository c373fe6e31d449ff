import { Readable } from 'node:stream';
import { createGzip, gzipSync } from 'node:zlib';

const measuredBytes = 8 * 2 ** 20;
const slowBytesPerSecond = 20 * 2 ** 20;

/**
 * Encodes a stream as gzip, which engines accept.  The first MiBs are not compressed; if they show that the connection
 * is slow, the rest is.  On a fast connection, compressing would take longer than sending.
 *
 * Each of the first chunks is a gzip file, and so is the rest: concatenated, they are one file.  (zlib's `params` has
 * no effect after level 0 in Node 20.)
 *
 * @param onBytes receives the number of bytes of the original that were read
 * @param now clock in ms
 */
export function compressIfSlow(
  tar: Readable,
  onBytes: (sent: number) => void,
  now: () => number = () => performance.now(),
): Readable {
  return Readable.from(compressed(tar, onBytes, now), { objectMode: false });
}

async function* compressed(tar: Readable, onBytes: (sent: number) => void, now: () => number): AsyncGenerator<Buffer> {
  let sent = 0;
  const count = (chunk: Buffer): Buffer => {
    sent += chunk.length;
    onBytes(sent);
    return chunk;
  };
  const chunks = (tar as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  try {
    let beganAt: number | undefined;
    while (sent < measuredBytes) {
      const next = await chunks.next();
      if (next.done === true) return;
      beganAt ??= now();
      yield gzipSync(count(next.value), { level: 0 });
    }
    const slow = (sent / Math.max(1, now() - (beganAt ?? 0))) * 1000 < slowBytesPerSecond;
    yield* rest(chunks, slow ? 1 : 0, count);
  } finally {
    tar.destroy();
  }
}

async function* rest(
  chunks: AsyncIterator<Buffer>,
  level: number,
  count: (chunk: Buffer) => Buffer,
): AsyncGenerator<Buffer> {
  const source = Readable.from(counted(chunks, count), { objectMode: false });
  const gzip = createGzip({ level, chunkSize: 2 ** 18 });
  source.on('error', (error) => gzip.destroy(error));
  try {
    yield* source.pipe(gzip) as AsyncIterable<Buffer>;
  } finally {
    gzip.destroy();
    source.destroy();
  }
}

async function* counted(chunks: AsyncIterator<Buffer>, count: (chunk: Buffer) => Buffer): AsyncGenerator<Buffer> {
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield count(next.value);
}
