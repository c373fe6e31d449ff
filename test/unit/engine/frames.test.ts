import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { frames } from '../../../src/engine/frames.ts';

const frame = (type: number, text: string): Buffer => {
  const header = Buffer.alloc(8);
  header.writeUInt8(type, 0);
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
};

const wire = Buffer.concat([frame(1, 'one'), frame(2, 'two'), frame(1, ''), frame(1, 'three')]);

async function split(chunks: readonly Buffer[]): Promise<{ stdout: string; stderr: string }> {
  const output = { stdout: '', stderr: '' };
  for await (const { stream, chunk } of frames(Readable.from(chunks))) output[stream] += chunk.toString();
  return output;
}

describe('frames', () => {
  it.each(Array.from({ length: wire.length - 1 }, (_, i) => i + 1))(
    'can be split into chunks of %i bytes',
    async (size) => {
      const chunks = Array.from({ length: Math.ceil(wire.length / size) }, (_, i) =>
        wire.subarray(i * size, (i + 1) * size),
      );
      expect(await split(chunks)).toEqual({ stdout: 'onethree', stderr: 'two' });
    },
  );

  it('are read only as requested', async () => {
    let chunksRead = 0;
    const endless = Readable.from(
      (function* () {
        for (;;) {
          chunksRead += 1;
          yield frame(1, 'again');
        }
      })(),
      { highWaterMark: 1 },
    );
    await frames(endless).next();
    expect(chunksRead).toBeLessThan(4);
  });
});
