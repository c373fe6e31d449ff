import { Readable } from 'node:stream';
import { createGzip, gzipSync } from 'node:zlib';

const measuredBytes = 8 * 2 ** 20;
const slowBytesPerSecond = 20 * 2 ** 20;

/**
 * The same stream as gzip has it, which engines take: without compression, until the first MiBs have shown that the way is slow.  Where it is
 * fast, compressing would take longer than sending.
 *
 * The first chunks are a gzip file each, and the rest is another: one after the other they are one file.  (zlib's `params` would do, but does
 * nothing from level 0 in Node 20.)
 *
 * @param onBytes is told how much of the original has gone through
 * @param now in ms
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
