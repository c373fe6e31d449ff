import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { extract, pack } from 'tar-stream';
import { FileError } from '../errors.ts';
import { type Connection, receiveStream, request, sendStream } from './connection.ts';
import type { Archives, FileToWrite, PathDetails } from './engine.ts';
import { collect } from './settle-requests.ts';

export function archives(connection: Connection): Archives {
  const at = (container: string) => connection.docker.getContainer(container);
  /** The engine answers 404 for a missing path as well as for a missing container, which is an error. */
  const requestPath = <T>(doing: string, container: string, run: () => Promise<T>) =>
    request<T | undefined>(connection, doing, run, {
      404: () =>
        request(connection, doing, () =>
          at(container)
            .inspect()
            .then(() => undefined),
        ),
    });
  return {
    readFile: (container, path) =>
      requestPath(`read ${path} in container ${container}`, container, async () =>
        extractFile((await at(container).getArchive({ path })) as Archive, path),
      ),
    writeFiles: async (container, files) => {
      const archive = await packFiles(files);
      const doing = `write ${files.map(({ path }) => path).join(', ')} in container ${container}`;
      await request<unknown>(connection, doing, () => at(container).putArchive(archive, { path: '/' }));
    },
    inspectPath: (container, path) =>
      requestPath(`inspect ${path} in container ${container}`, container, async () => {
        const response = (await at(container).infoArchive({ path })) as IncomingMessage;
        response.resume();
        return toPathDetails(String(response.headers['x-docker-container-path-stat']));
      }),
    readArchive: (container, path, signal) =>
      receiveStream(connection, `read ${path} in container ${container}`, signal, () =>
        at(container).getArchive({ path, abortSignal: signal }),
      ),
    writeArchive: (container, directory, tar, signal) =>
      sendStream(tar, signal, (abortSignal) => {
        const options = { path: directory, noOverwriteDirNonDir: 'true', abortSignal };
        return request<unknown>(connection, `write to ${directory} in container ${container}`, () =>
          at(container).putArchive(tar, options),
        );
      }),
  };
}

/** dockerode returns an `http.IncomingMessage`, but its type declarations do not say so. */
type Archive = NodeJS.ReadableStream & { readonly destroy: () => void };

async function extractFile(archive: Archive, path: string): Promise<Buffer> {
  const entries = extract();
  archive.on('error', (error: Error) => {
    entries.destroy(error);
  });
  archive.pipe(entries);
  try {
    for await (const entry of entries) {
      if (entry.header.type !== 'file') break;
      return await collect(entry as AsyncIterable<Buffer>);
    }
    throw new FileError(`${path} is not a regular file`);
  } finally {
    archive.destroy();
  }
}

/** Has no entries for directories: the engine creates missing ones and leaves existing ones unchanged. */
async function packFiles(files: readonly FileToWrite[]): Promise<Buffer> {
  const archive = pack();
  for (const { path, content, mode } of files) {
    archive.entry({ name: path.replace(/^\/+/, ''), mode, uid: 0, gid: 0, mtime: new Date() }, content);
  }
  archive.finalize();
  return buffer(archive);
}

/** Bits of Go's `fs.FileMode`, which the engine sends as a number. */
const goMode = { directory: 2 ** 31, symlink: 2 ** 27, others: 2 ** 26 + 2 ** 25 + 2 ** 24 + 2 ** 21 + 2 ** 19 };

interface PathStat {
  readonly mode: number;
  readonly size: number;
  /** ISO 8601 */
  readonly mtime: string;
  readonly linkTarget: string;
}

function toPathDetails(header: string): PathDetails {
  const { mode, size, mtime, linkTarget } = JSON.parse(Buffer.from(header, 'base64').toString()) as PathStat;
  const type = pathType(mode);
  return { type, size, modifiedAt: Date.parse(mtime) / 1000, target: type === 'symlink' ? linkTarget : '' };
}

function pathType(mode: number): PathDetails['type'] {
  // JavaScript's bit operators take 32-bit signed numbers.
  const has = (bits: number) => (BigInt(mode) & BigInt(bits)) !== 0n;
  if (has(goMode.symlink)) return 'symlink';
  if (has(goMode.directory)) return 'directory';
  return has(goMode.others) ? 'other' : 'file';
}
