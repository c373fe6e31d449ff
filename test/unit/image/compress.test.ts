import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compressIfSlow } from '../../../src/image/compress.ts';

const mebi = 2 ** 20;
const chunks = Array.from({ length: 24 }, (_, index) => Buffer.alloc(mebi, `chunk ${index}`));
const whole = Buffer.concat(chunks);

/** A clock that advances by `stepMs` on each call. */
const clock = (stepMs: number) => {
  let time = 0;
  return () => (time += stepMs);
};

describe('a copied image', () => {
  it('is not compressed on a fast connection', async () => {
    const sent = await buffer(compressIfSlow(Readable.from(chunks), () => undefined, clock(1)));
    expect(sent.length).toBeGreaterThan(whole.length);
    expect(gunzipSync(sent).equals(whole)).toBe(true);
  });

  it('is compressed on a slow connection, after its speed was measured', async () => {
    const reported: number[] = [];
    const sent = await buffer(compressIfSlow(Readable.from(chunks), (bytes) => reported.push(bytes), clock(60_000)));
    expect(sent.length).toBeGreaterThan(7 * mebi);
    expect(sent.length).toBeLessThan(10 * mebi);
    expect(gunzipSync(sent).equals(whole)).toBe(true);
    expect(reported.at(-1)).toBe(whole.length);
  });

  it('fails if its source fails', async () => {
    const source = new PassThrough();
    const sent = compressIfSlow(source, () => undefined);
    source.write(chunks[0]);
    source.destroy(new Error('gone'));
    await expect(buffer(sent)).rejects.toThrow('gone');
  });

  it.each([1, 12 * mebi])('closes its source if the reader stops after %i bytes', async (most) => {
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
