import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { constants, createGzip, type Gzip, type ZlibParams } from 'node:zlib';

const measuredBytes = 8 * 2 ** 20;
const slowBytesPerSecond = 20 * 2 ** 20;

/**
 * The same stream as gzip has it, which engines take: without compression, until the first MiBs have shown that the way is slow.  Where it is
 * fast, compressing would take longer than sending.
 *
 * @param onBytes is told how much of the original has gone through
 * @param now in ms
 */
export function compressIfSlow(tar: Readable, onBytes: (sent: number) => void, now = () => performance.now()): Gzip {
  // It has `params` as all of zlib's have, which its type does not say.
  const gzip = createGzip({ level: 0, chunkSize: 2 ** 18 }) as Gzip & ZlibParams;
  let sent = 0;
  let beganAt: number | undefined;
  let decided = false;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      beganAt ??= now();
      sent += chunk.length;
      onBytes(sent);
      if (decided || sent < measuredBytes) {
        done(null, chunk);
        return;
      }
      decided = true;
      const slow = (sent / Math.max(1, now() - beganAt)) * 1000 < slowBytesPerSecond;
      if (!slow) done(null, chunk);
      else
        gzip.params(1, constants.Z_DEFAULT_STRATEGY, () => {
          done(null, chunk);
        });
    },
  });
  tar.on('error', (error) => meter.destroy(error));
  meter.on('error', (error) => gzip.destroy(error));
  // Whoever reads no further lets go of the source, too.
  gzip.on('close', () => {
    meter.destroy();
    tar.destroy();
  });
  tar.pipe(meter).pipe(gzip);
  return gzip;
}
