import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, type Header, pack, type Pack } from 'tar-stream';
import { ArchiveError, FileError, fileError, VclusterError } from '../errors.ts';
import { type Entry, shown } from './entry.ts';

/** tar-stream knows more types than its own types say. */
type RawHeader = Omit<Header, 'type' | 'linkname'> & { readonly type: string | null; readonly linkname: string | null };

/**
 * The entries of a tar stream, one after the other; nothing is read before it is asked for.
 *
 * @throws {ArchiveError} when it is no tar archive, or ends too early
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
      // A file of no bytes has a body, too.
      if (entry.type === 'file')
        yield {
          ...entry,
          body: Readable.from(
            contentOf(source, () => broken),
            { objectMode: false },
          ),
        };
      else {
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

/** tar-stream says of an entry's content only that it broke off, not why: the source did, or else ended. */
async function* contentOf(source: AsyncIterable<unknown>, why: () => Error | undefined): AsyncGenerator {
  try {
    yield* source;
  } catch {
    throw why() ?? cutOff();
  }
}

function cutOff(): ArchiveError {
  return new ArchiveError('the tar archive ends too early: it was cut off');
}

function toEntry({ name, type, mode, size, mtime, linkname, pax }: RawHeader): Entry {
  const sparse = Object.keys(pax ?? {}).some((key) => key.startsWith('GNU.sparse'));
  const kind = sparse || type === null ? 'sparse' : type === 'contiguous-file' ? 'file' : type;
  return { name, type: kind, mode, size, modifiedAt: mtime, target: linkname ?? '' };
}

function toArchiveError(error: unknown): unknown {
  if (error instanceof VclusterError || !(error instanceof Error)) return error;
  if (/tar header|tar is corrupted|Invalid/i.test(error.message)) {
    return new ArchiveError('this is no tar archive', {
      hint: 'if it is compressed, uncompress it first',
      cause: error,
    });
  }
  if (/Unexpected end of data/i.test(error.message)) return cutOff();
  return error;
}

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

/** A stream that was read to its end and can be read again. */
export interface Spooled extends AsyncDisposable {
  readonly read: () => Readable;
}

/** Keeps a stream in a temporary file that only the user can read, until it is disposed of. */
export async function spool(stream: Readable, signal: AbortSignal): Promise<Spooled> {
  const directory = await mkdtemp(join(tmpdir(), 'vcluster-box-cp-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  const file = join(directory, 'archive.tar');
  try {
    await pipeline(stream, createWriteStream(file, { mode: 0o600 }), { signal });
  } catch (error) {
    await remove();
    signal.throwIfAborted();
    throw fileError(error, `write the temporary file ${file}`);
  }
  return { read: () => createReadStream(file), [Symbol.asyncDispose]: remove };
}
