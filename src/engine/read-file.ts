import { buffer } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import { EngineError } from '../errors.ts';
import { type Connection, request } from './connection.ts';

export async function readFile(connection: Connection, container: string, path: string): Promise<Buffer | undefined> {
  const handle = connection.docker.getContainer(container);
  return request<Buffer | undefined>(
    connection,
    `read ${path} in container ${container}`,
    async () => onlyFile((await handle.getArchive({ path })) as Archive, path),
    {
      // It says the same whether the file or the container is missing.
      404: () =>
        request(connection, `read ${path} in container ${container}`, () => handle.inspect().then(() => undefined)),
    },
  );
}

/** What dockerode gives is a response; its types tell only half of it. */
type Archive = NodeJS.ReadableStream & { readonly destroy: () => void };

async function onlyFile(archive: Archive, path: string): Promise<Buffer> {
  const entries = extract();
  archive.on('error', (error: Error) => {
    entries.destroy(error);
  });
  archive.pipe(entries);
  try {
    for await (const entry of entries) {
      if (entry.header.type !== 'file') break;
      return await buffer(entry);
    }
    throw new EngineError(`${path} is no regular file`);
  } finally {
    archive.destroy();
  }
}
