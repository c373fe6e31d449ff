import { buffer } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import { EngineError } from '../errors.ts';
import { type Connection, request } from './connection.ts';

export async function readFile(connection: Connection, container: string, path: string): Promise<Buffer | undefined> {
  const handle = connection.docker.getContainer(container);
  return request<Buffer | undefined>(
    connection,
    `read ${path} in container ${container}`,
    async () => onlyFile(await handle.getArchive({ path }), path),
    {
      // It says the same whether the file or the container is missing.
      404: () =>
        request(connection, `read ${path} in container ${container}`, () => handle.inspect().then(() => undefined)),
    },
  );
}

async function onlyFile(archive: NodeJS.ReadableStream, path: string): Promise<Buffer> {
  const entries = extract();
  archive.on('error', (error: Error) => {
    entries.destroy(error);
  });
  archive.pipe(entries);
  for await (const entry of entries) {
    if (entry.header.type === 'file') return buffer(entry);
    break;
  }
  throw new EngineError(`${path} is no regular file`);
}
