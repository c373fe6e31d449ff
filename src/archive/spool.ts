import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addAbortSignal, Readable } from 'node:stream';
import { fileError } from '../errors.ts';
import { fillSparse } from './sparse.ts';

const chunkBytes = 2 ** 16;

/** A stream that was read to its end and can be read again. */
export interface Spooled extends AsyncDisposable {
  readonly read: () => Readable;
  /** bytes of the stream */
  readonly size: number;
  /** bytes on the disk: without its zeros */
  readonly allocated: number;
}

/** Stores a stream in a temporary file without a name: nothing is left of it when this program is killed. */
export async function spool(stream: Readable, signal: AbortSignal): Promise<Spooled> {
  const file = await openNameless();
  try {
    await fillSparse(file, addAbortSignal(signal, stream));
    const { size, blocks } = await file.stat();
    const read = () => Readable.from(contentOf(file), { objectMode: false });
    return { read, size, allocated: blocks * 512, [Symbol.asyncDispose]: () => file.close() };
  } catch (error) {
    await file.close();
    signal.throwIfAborted();
    throw fileError(error, `write a temporary file in ${tmpdir()}`);
  }
}

async function openNameless(): Promise<FileHandle> {
  try {
    const directory = await mkdtemp(join(tmpdir(), 'vcluster-box-cp-'));
    try {
      return await open(join(directory, 'archive.tar'), 'wx+', 0o600);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  } catch (error) {
    throw fileError(error, `write a temporary file in ${tmpdir()}`);
  }
}

async function* contentOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ;) {
    const { bytesRead, buffer } = await file.read({ buffer: Buffer.allocUnsafe(chunkBytes), position });
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
