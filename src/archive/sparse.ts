import { type FileHandle, open } from 'node:fs/promises';

const zeros = Buffer.alloc(2 ** 20);

/** Writes a stream into a new file.  See `fillSparse`. */
export async function writeSparse(path: string, body: AsyncIterable<Buffer>, mode: number): Promise<void> {
  await using file = await open(path, 'wx', mode);
  await fillSparse(file, body);
}

/**
 * Writes a stream into an empty file.  Chunks of zeros become holes, because disks of instances consist mostly of
 * zeros.
 *
 * When this resolves or rejects, no write is pending any more, so the caller can remove the file.
 */
export async function fillSparse(file: FileHandle, body: AsyncIterable<Buffer>): Promise<void> {
  let size = 0;
  for await (const chunk of body) {
    const isHole = chunk.length <= zeros.length && chunk.equals(zeros.subarray(0, chunk.length));
    for (let done = isHole ? chunk.length : 0; done < chunk.length;) {
      done += (await file.write(chunk, done, chunk.length - done, size + done)).bytesWritten;
    }
    size += chunk.length;
  }
  await file.truncate(size);
}
