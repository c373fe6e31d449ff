import { Readable } from 'node:stream';

/** One file, directory or link of an archive, read from one place and written to another. */
export interface Entry {
  /** path below the target, components separated by `/` */
  readonly name: string;
  /** tar-stream's name of the type; `checkEntries` refuses all but file, directory, symlink and link */
  readonly type: string;
  readonly mode: number;
  /** bytes of `body` */
  readonly size: number;
  readonly modifiedAt: Date;
  /** target of a symbolic link; for a hard link, the name of another entry */
  readonly target: string;
  /** content of a file; must be consumed before the next entry is requested */
  readonly body?: Readable;
}

/** Text from an archive for use in a message: control characters are escaped, long text is cut. */
export function shown(name: string): string {
  const text = JSON.stringify(name).slice(1, -1).replaceAll('\\"', '"');
  return text.length > 120 ? `${text.slice(0, 120)}...` : text;
}

/** The same entries; `onBytes` is called for each chunk of file content that is read. */
export async function* measured(
  entries: AsyncIterable<Entry>,
  onBytes: (count: number) => void,
): AsyncGenerator<Entry> {
  for await (const { body, ...entry } of entries) {
    if (body === undefined) yield entry;
    else yield { ...entry, body: Readable.from(measuredBody(body, onBytes), { objectMode: false }) };
  }
}

async function* measuredBody(body: Readable, onBytes: (count: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of body as AsyncIterable<Buffer>) {
    onBytes(chunk.length);
    yield chunk;
  }
}
