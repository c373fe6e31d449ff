import { Readable } from 'node:stream';

/** One file, directory or link of an archive, on its way from one place to another. */
export interface Entry {
  /** where it belongs, with `/` between the components */
  readonly name: string;
  /** any other type that tar knows is in here as tar-stream calls it, and refused when it is looked at */
  readonly type: string;
  readonly mode: number;
  /** bytes of `body` */
  readonly size: number;
  readonly modifiedAt: Date;
  /** of a link: what it leads to; of a hard link, the name of another entry */
  readonly target: string;
  /** of a file: its content, which must be read before the next entry is asked for */
  readonly body?: Readable;
}

/** A piece of text in a message, whatever control characters are in it. */
export function shown(name: string): string {
  const text = JSON.stringify(name).slice(1, -1).replaceAll('\\"', '"');
  return text.length > 120 ? `${text.slice(0, 120)}...` : text;
}

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
