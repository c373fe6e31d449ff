import { Readable } from 'node:stream';
import type { Entry } from './entry.ts';

/** The same entries; `onBytes` is told of each piece of a file's content that is read. */
export async function* measured(
  entries: AsyncIterable<Entry>,
  onBytes: (count: number) => void,
): AsyncGenerator<Entry> {
  for await (const { body, ...entry } of entries) {
    if (body === undefined) yield entry;
    else yield { ...entry, body: Readable.from(tell(body, onBytes), { objectMode: false }) };
  }
}

async function* tell(body: Readable, onBytes: (count: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of body as AsyncIterable<Buffer>) {
    onBytes(chunk.length);
    yield chunk;
  }
}
