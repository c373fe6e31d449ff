import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { pack, type Headers } from 'tar-fs';
import { packageDirectory, readEmbedded } from '../package-files.ts';

const projectDirectory = fileURLToPath(packageDirectory);

const contextEntries = ['Dockerfile', 'images/slice/rootfs'];

/** Packs the build context of the image with Ganeti's QA suite. */
export async function packQaContext(): Promise<BuildContext> {
  return (
    embeddedContext('qa-context.tar') ?? packEntries(join(projectDirectory, 'images/qa'), ['Dockerfile', 'bundle'])
  );
}

export interface BuildContext {
  /** an uncompressed tar */
  readonly tar: Buffer;
  /** SHA-256 of the tar, in hex */
  readonly hash: string;
}

/**
 * Packs the build context of the slice image.
 *
 * The same files result in the same bytes, independently of where and when they were installed: only the path and the
 * content of a file matter, and whether it is executable.
 */
export async function packContext(directory: string = projectDirectory): Promise<BuildContext> {
  return embeddedContext('slice-context.tar') ?? packEntries(directory, contextEntries);
}

/** The single executable contains the packed contexts instead of their files. */
function embeddedContext(name: string): BuildContext | undefined {
  const tar = readEmbedded(name);
  return tar && describeContext(tar);
}

async function packEntries(directory: string, entries: string[]): Promise<BuildContext> {
  const options = {
    entries,
    // An option of tar-fs that its type declarations lack.
    sort: true,
    ignore: (path: string) => basename(path) === '__pycache__',
    map: normalise,
  };
  return describeContext(await buffer(Readable.from(pack(directory, options))));
}

function describeContext(tar: Buffer): BuildContext {
  return { tar, hash: createHash('sha256').update(tar).digest('hex') };
}

function normalise(header: Headers): Headers {
  const executable = header.type === 'directory' || (header.mode & 0o100) !== 0;
  return { ...header, mode: executable ? 0o755 : 0o644, mtime: new Date(0), uid: 0, gid: 0 };
}
