import type { Readable } from 'node:stream';
import { type Connection, request } from './connection.ts';

export async function writeArchive(
  connection: Connection,
  container: string,
  directory: string,
  tar: Readable,
  signal: AbortSignal,
): Promise<void> {
  // A source that breaks off must break the request too: what came until then could pass for the whole.
  const broken = new AbortController();
  let cause: unknown;
  tar.once('error', (error) => {
    cause = error;
    broken.abort();
  });
  const options = {
    path: directory,
    noOverwriteDirNonDir: 'true',
    abortSignal: AbortSignal.any([signal, broken.signal]),
  };
  try {
    await request<unknown>(connection, `write into ${directory} in container ${container}`, () =>
      connection.docker.getContainer(container).putArchive(tar, options),
    );
  } catch (error) {
    signal.throwIfAborted();
    throw cause ?? error;
  } finally {
    // An engine that refuses stops reading, and whoever makes the rest would wait for it for ever.
    tar.on('error', () => undefined);
    tar.destroy();
  }
}
