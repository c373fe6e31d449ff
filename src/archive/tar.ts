import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, type Header, pack, type Pack } from 'tar-stream';
import { ArchiveError, FileError, fileError, VclusterError } from '../errors.ts';
import { type Entry, shown } from './entry.ts';

/** tar-stream reports more types than its type declarations list. */
type RawHeader = Omit<Header, 'type' | 'linkname'> & { readonly type: string | null; readonly linkname: string | null };

/**
 * Reads the entries of a tar stream one by one, on demand.
 *
 * @throws {ArchiveError} when the stream is not a tar archive or is truncated
 */
export async function* readEntries(tar: Readable): AsyncGenerator<Entry> {
  const entries = extract();
  let broken: Error | undefined;
  const fail = (error: Error) => {
    broken = error;
    entries.destroy(error);
  };
  tar.on('error', fail);
  tar.pipe(entries);
  try {
    for await (const source of entries) {
      const entry = toEntry(source.header);
      // An empty file has a body, too.
      if (entry.type === 'file') {
        const content = contentOf(source, () => broken);
        yield { ...entry, body: Readable.from(content, { objectMode: false }) };
      } else {
        source.resume();
        yield entry;
      }
    }
  } catch (error) {
    throw toArchiveError(broken ?? error);
  } finally {
    tar.off('error', fail);
    tar.on('error', () => undefined);
    tar.destroy();
  }
}

/**
 * tar-stream reports only that the content of an entry ended early.  The cause is an error of the source, or
 * truncation.
 */
async function* contentOf(source: AsyncIterable<unknown>, why: () => Error | undefined): AsyncGenerator {
  try {
    yield* source;
  } catch {
    throw why() ?? truncated();
  }
}

function truncated(): ArchiveError {
  return new ArchiveError('the tar archive is truncated');
}

function toEntry({ name, type, mode, size, mtime, linkname, pax }: RawHeader): Entry {
  const sparse = Object.keys(pax ?? {}).some((key) => key.startsWith('GNU.sparse'));
  const kind = sparse || type === null ? 'sparse' : type === 'contiguous-file' ? 'file' : type;
  return { name, type: kind, mode, size, modifiedAt: mtime, target: linkname ?? '' };
}

function toArchiveError(error: unknown): unknown {
  if (error instanceof VclusterError || !(error instanceof Error)) return error;
  if (/tar header|tar is corrupted|Invalid/i.test(error.message)) {
    return new ArchiveError('this is not a tar archive', {
      hint: 'if it is compressed, decompress it first',
      cause: error,
    });
  }
  if (/Unexpected end of data/i.test(error.message)) return truncated();
  return error;
}

/**
 * Writes entries as a tar stream, owned by root.  Entries are requested only as the stream is read.
 *
 * @param onBytes called for each chunk that is read
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
  const filling = fill(packer, entries).catch((error: unknown) => {
    failures.push(error);
    packer.destroy();
  });
  try {
    for await (const chunk of packer as AsyncIterable<Buffer>) {
      onBytes(chunk.length);
      yield chunk;
    }
  } catch (error) {
    // A failed file destroys the packer, whose error can come first.
    await filling;
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
    throw new FileError(`${shown(name)} was truncated while it was read`, { hint: 'try again', cause: error });
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
