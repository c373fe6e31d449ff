import type { Readable } from 'node:stream';
import { breakWithSource } from './break-with-source.ts';
import { type Connection, request } from './connection.ts';

export async function writeArchive(
  connection: Connection,
  container: string,
  directory: string,
  tar: Readable,
  signal: AbortSignal,
): Promise<void> {
  await breakWithSource(tar, signal, (abortSignal) => {
    const options = { path: directory, noOverwriteDirNonDir: 'true', abortSignal };
    return request<unknown>(connection, `write into ${directory} in container ${container}`, () =>
      connection.docker.getContainer(container).putArchive(tar, options),
    );
  });
}
