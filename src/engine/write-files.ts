import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { type Connection, request } from './connection.ts';
import type { FileToWrite } from './engine.ts';

export async function writeFiles(
  connection: Connection,
  container: string,
  files: readonly FileToWrite[],
): Promise<void> {
  const archive = await toArchive(files);
  await request<unknown>(
    connection,
    `write ${files.map(({ path }) => path).join(', ')} in container ${container}`,
    () => connection.docker.getContainer(container).putArchive(archive, { path: '/' }),
  );
}

/** Without entries for directories: the engine makes those that are missing, and leaves the others as they are. */
async function toArchive(files: readonly FileToWrite[]): Promise<Buffer> {
  const archive = pack();
  for (const { path, content, mode } of files) {
    archive.entry({ name: path.replace(/^\/+/, ''), mode, uid: 0, gid: 0, mtime: new Date() }, content);
  }
  archive.finalize();
  return buffer(archive);
}
