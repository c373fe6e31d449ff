import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileError } from './file-error.ts';

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
