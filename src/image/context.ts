import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { pack, type Headers } from 'tar-fs';

/** Two levels up, from `src/image` as from `dist/image`: the repository or the installed package. */
const projectDirectory = fileURLToPath(new URL('../../', import.meta.url));

const contextEntries = ['Dockerfile', 'images/slice/rootfs'];

/** What the image with Ganeti's QA suite is built from. */
export function packQaContext(): Promise<BuildContext> {
  return packEntries(join(projectDirectory, 'images/qa'), ['Dockerfile', 'bundle']);
}

export interface BuildContext {
  /** an uncompressed tar */
  readonly tar: Buffer;
  /** SHA-256 of the tar, in hex */
  readonly hash: string;
}

/**
 * What the slice image is built from.
 *
 * The same files give the same bytes, wherever and whenever they were checked out or installed: of a file, only its path,
 * its content and whether it is executable count.
 */
export function packContext(directory: string = projectDirectory): Promise<BuildContext> {
  return packEntries(directory, contextEntries);
}

async function packEntries(directory: string, entries: string[]): Promise<BuildContext> {
  const options = {
    entries,
    // Known to tar-fs, not to its types.
    sort: true,
    ignore: (path: string) => basename(path) === '__pycache__',
    map: normalise,
  };
  const tar = await buffer(Readable.from(pack(directory, options)));
  return { tar, hash: createHash('sha256').update(tar).digest('hex') };
}

function normalise(header: Headers): Headers {
  const executable = header.type === 'directory' || (header.mode & 0o100) !== 0;
  return { ...header, mode: executable ? 0o755 : 0o644, mtime: new Date(0), uid: 0, gid: 0 };
}
