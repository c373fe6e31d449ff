import type { IncomingMessage } from 'node:http';
import { type Connection, request } from './connection.ts';
import type { PathDetails } from './engine.ts';

/** Bits of Go's `fs.FileMode`, which the engine sends as a number. */
const goMode = { directory: 2 ** 31, symlink: 2 ** 27, others: 2 ** 26 + 2 ** 25 + 2 ** 24 + 2 ** 21 + 2 ** 19 };

export async function inspectPath(
  connection: Connection,
  container: string,
  path: string,
): Promise<PathDetails | undefined> {
  const handle = connection.docker.getContainer(container);
  const doing = `look at ${path} in container ${container}`;
  return request<PathDetails | undefined>(
    connection,
    doing,
    async () => {
      const answer = (await handle.infoArchive({ path })) as IncomingMessage;
      answer.resume();
      return toDetails(String(answer.headers['x-docker-container-path-stat']));
    },
    {
      // It says the same whether the file or the container is missing.
      404: () => request(connection, doing, () => handle.inspect().then(() => undefined)),
    },
  );
}

interface PathStat {
  readonly mode: number;
  readonly size: number;
  readonly linkTarget: string;
}

function toDetails(header: string): PathDetails {
  const { mode, size, linkTarget } = JSON.parse(Buffer.from(header, 'base64').toString()) as PathStat;
  const type = typeOf(mode);
  return { type, size, target: type === 'symlink' ? linkTarget : '' };
}

function typeOf(mode: number): PathDetails['type'] {
  // Beyond 31 bits, JavaScript's bit operators count from the sign.
  const has = (bits: number) => (BigInt(mode) & BigInt(bits)) !== 0n;
  if (has(goMode.symlink)) return 'symlink';
  if (has(goMode.directory)) return 'directory';
  return has(goMode.others) ? 'other' : 'file';
}
