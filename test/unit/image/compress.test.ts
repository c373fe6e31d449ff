import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compressIfSlow } from '../../../src/image/compress.ts';

const mebi = 2 ** 20;
const chunks = Array.from({ length: 24 }, (_, index) => Buffer.alloc(mebi, `chunk ${index}`));
const whole = Buffer.concat(chunks);

/** A clock that goes on by so much at each look. */
const clock = (stepMs: number) => {
  let time = 0;
  return () => (time += stepMs);
};

describe('an image on its way', () => {
  it('is as large as it is where the way is fast', async () => {
    const sent = await buffer(compressIfSlow(Readable.from(chunks), () => undefined, clock(1)));
    expect(sent.length).toBeGreaterThan(whole.length);
    expect(gunzipSync(sent).equals(whole)).toBe(true);
  });

  it('is compressed where the way is slow, once that has shown', async () => {
    const told: number[] = [];
    const sent = await buffer(compressIfSlow(Readable.from(chunks), (bytes) => told.push(bytes), clock(60_000)));
    expect(sent.length).toBeGreaterThan(7 * mebi);
    expect(sent.length).toBeLessThan(10 * mebi);
    expect(gunzipSync(sent).equals(whole)).toBe(true);
    expect(told.at(-1)).toBe(whole.length);
  });

  it('breaks off where its source does', async () => {
    const source = new PassThrough();
    const sent = compressIfSlow(source, () => undefined);
    source.write(chunks[0]);
    source.destroy(new Error('gone'));
    await expect(buffer(sent)).rejects.toThrow('gone');
  });

  it.each([1, 12 * mebi])('lets go of its source when nobody takes more than %i bytes', async (most) => {
    const source = Readable.from(chunks);
    const sent = compressIfSlow(source, () => undefined);
    let taken = 0;
    for await (const chunk of sent as AsyncIterable<Buffer>) {
      taken += chunk.length;
      if (taken >= most) break;
    }
    await expect.poll(() => source.destroyed).toBe(true);
  });
});
