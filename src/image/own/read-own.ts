import { createHash } from 'node:crypto';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Entry } from '../../archive/entry.ts';
import { walkEntries } from '../../archive/walk-entries.ts';
import { UsageError } from '../../errors.ts';

/** Ganeti of the user: Debian packages, or an installed tree. */
export interface OwnGaneti {
  readonly kind: 'packages' | 'tree';
  /** as the user named it, for messages */
  readonly from: string;
  /** SHA-256 of the files' names, contents and executable bits, in hex */
  readonly hash: string;
  /**
   * The files, below a directory of that name.  The same files give the same entries.
   *
   * @param only names of packages' files; default: all
   */
  readonly entries: (directory: string, only?: readonly string[]) => AsyncGenerator<Entry>;
}

/** The options that name Ganeti of the user. */
export interface OwnOptions {
  readonly packages?: readonly string[] | undefined;
  readonly tree?: string | undefined;
}

/**
 * Finds the files and hashes them.
 *
 * @returns `undefined` if the options name none
 * @throws {UsageError} if there are none that can be used
 */
export async function readOwnGaneti({ packages = [], tree }: OwnOptions): Promise<OwnGaneti | undefined> {
  if (tree !== undefined) return readTree(tree);
  return packages.length === 0 ? undefined : readPackages(packages);
}

async function readPackages(paths: readonly string[]): Promise<OwnGaneti> {
  const files = new Map<string, string>();
  for (const path of paths) {
    for (const file of await packagesAt(path)) {
      const name = basename(file);
      const other = files.get(name);
      if (other !== undefined && (await realpath(other)) !== (await realpath(file))) {
        throw new UsageError(`--packages: ${other} and ${file} have the same name`, { hint: 'give one of them' });
      }
      files.set(name, file);
    }
  }
  const entries: OwnGaneti['entries'] = async function* (directory, only = [...files.keys()]) {
    yield { ...directoryEntry, name: directory };
    for (const name of [...only].sort()) {
      for await (const entry of walkEntries(await realpath(files.get(name) ?? ''), `${directory}/${name}`)) {
        yield normalise(entry);
      }
    }
  };
  return { kind: 'packages', from: paths.join(', '), hash: await hashOf('packages', entries('own')), entries };
}

/** A file, or those in a directory. */
async function packagesAt(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    throw new UsageError(`--packages: ${path} does not exist`, {
      hint: 'it takes all words up to the next option, so the name of a cluster goes before it: up NAME --packages DIR',
    });
  }
  if (found.isDirectory()) {
    const names = (await readdir(path)).filter((name) => name.endsWith('.deb')).sort();
    if (names.length === 0) throw new UsageError(`--packages: ${path} contains no Debian packages (*.deb)`);
    return names.map((name) => join(path, name));
  }
  if (!(await isPackage(path))) throw new UsageError(`--packages: ${path} is not a Debian package`);
  return [path];
}

/** A Debian package is an archive of `ar` whose first file is `debian-binary`. */
async function isPackage(path: string): Promise<boolean> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(21), 0, 21, 0);
  return buffer.toString('latin1', 0, bytesRead) === '!<arch>\ndebian-binary';
}

/** Programs, daemons or modules of Ganeti.  If they are in a wrong place, the check in the image says so. */
const ofGaneti = /(^|\/)(gnt-\w+|ganeti-\w+|ganeti\/__init__\.py)$/;

async function readTree(path: string): Promise<OwnGaneti> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new UsageError(`--tree: ${path} does not exist`);
  if (!found.isDirectory()) throw new UsageError(`--tree: ${path} is not a directory`);
  const top = await realpath(path);
  const entries: OwnGaneti['entries'] = async function* (directory) {
    for await (const entry of walkEntries(top, directory)) {
      if (['file', 'directory', 'symlink'].includes(entry.type)) yield normalise(entry);
    }
  };
  const names: string[] = [];
  const hash = await hashOf('tree', entries('own'), ({ name, type }) => {
    if (type !== 'directory') names.push(name);
  });
  const hint = 'give the directory of `make install DESTDIR=DIRECTORY`, or of `dpkg -x PACKAGE.deb DIRECTORY`';
  if (names.length === 0) throw new UsageError(`--tree: ${path} is empty`, { hint });
  if (!names.some((name) => ofGaneti.test(name))) {
    throw new UsageError(`--tree: ${path} contains no Ganeti`, { hint });
  }
  return { kind: 'tree', from: path, hash, entries };
}

const directoryEntry = { type: 'directory', mode: 0o755, size: 0, modifiedAt: new Date(0), target: '' } as const;

/** As in the slice image's own context: the umask of the user does not matter. */
function normalise(entry: Entry): Entry {
  const executable = entry.type !== 'file' || (entry.mode & 0o111) !== 0;
  return { ...entry, mode: executable ? 0o755 : 0o644, modifiedAt: new Date(0) };
}

async function hashOf(
  kind: string,
  entries: AsyncIterable<Entry>,
  onEntry: (entry: Entry) => void = () => undefined,
): Promise<string> {
  const all = createHash('sha256').update(kind);
  for await (const entry of entries) {
    onEntry(entry);
    const content = createHash('sha256');
    if (entry.body !== undefined) for await (const chunk of entry.body) content.update(chunk as Buffer);
    const { name, type, mode, target } = entry;
    all.update(JSON.stringify([name, type, mode, target, content.digest('hex')]));
  }
  return all.digest('hex');
}
