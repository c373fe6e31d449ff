import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack, type Header, type Pack } from 'tar-stream';
import { FileError } from '../errors.ts';
import { shown, type Entry } from './entry.ts';
import { fileError } from './file-error.ts';

/**
 * A tar stream of entries, all owned by root; none is asked for before there is room for it, nor before the first is wanted.
 *
 * @param onBytes is told of each piece that was taken
 */
export function packEntries(
  entries: AsyncIterable<Entry>,
  onBytes: (count: number) => void = () => undefined,
): Readable {
  return Readable.from(packed(entries, onBytes), { objectMode: false });
}

async function* packed(entries: AsyncIterable<Entry>, onBytes: (count: number) => void): AsyncGenerator<Buffer> {
  const packer = pack();
  const failures: unknown[] = [];
  packer.on('error', () => undefined);
  fill(packer, entries).catch((error: unknown) => {
    failures.push(error);
    packer.destroy();
  });
  try {
    for await (const chunk of packer as AsyncIterable<Buffer>) {
      onBytes(chunk.length);
      yield chunk;
    }
  } catch (error) {
    throw failures[0] ?? error;
  }
}

async function fill(packer: Pack, entries: AsyncIterable<Entry>): Promise<void> {
  for await (const { body, ...entry } of entries) {
    const sink = packer.entry(toHeader(entry));
    if (body !== undefined) await copyBody(entry.name, body, sink as unknown as Writable);
  }
  packer.finalize();
}

async function copyBody(name: string, body: Readable, sink: Writable): Promise<void> {
  try {
    await pipeline(body, sink);
  } catch (error) {
    if (!(error instanceof Error) || error.message !== 'Size mismatch') throw fileError(error, `read ${shown(name)}`);
    throw new FileError(`${shown(name)} became shorter while it was read`, { hint: 'try again', cause: error });
  }
}

function toHeader({ name, type, mode, size, modifiedAt, target }: Omit<Entry, 'body'>): Header {
  const header = {
    name,
    type: type as Header['type'],
    mode,
    size: type === 'file' ? size : 0,
    mtime: modifiedAt,
    uid: 0,
    gid: 0,
    uname: 'root',
    gname: 'root',
  };
  return (target === '' ? header : { ...header, linkname: target }) as Header;
}
