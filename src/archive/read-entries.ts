import { Readable } from 'node:stream';
import { extract, type Header } from 'tar-stream';
import { ArchiveError, VclusterError } from '../errors.ts';
import type { Entry } from './entry.ts';

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
