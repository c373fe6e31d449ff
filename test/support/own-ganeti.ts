import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { findDebianArchive } from '../../src/image/package-sources.ts';

/** Changes of a package's files: path in the package, what is replaced everywhere in it, and by what. */
export type Edits = Readonly<Record<string, readonly (readonly [from: string, to: string])[]>>;

/** In every package: its fields. */
export const control = 'DEBIAN/control';
export const python = 'usr/share/ganeti/3.0/ganeti';
export const release = '3.0.2-3';

/** The version of the packages that tests repack. */
export const mine = `${release}+mine1`;

/**
 * What the fields of both packages then are.  The packages with Ganeti's Haskell programs stay Debian's: those of this
 * version fit them.
 */
export const newVersion = [
  [`Version: ${release}`, `Version: ${mine}`],
  [`ganeti-3.0 (= ${release})`, `ganeti-3.0 (= ${mine})`],
] as const;

/** `gnt-cluster version` tells the packages from Debian's. */
export const changedLine: Edits = {
  [`${python}/client/gnt_cluster.py`]: [['"Software version: %s"', '"Software version: %s, changed"']],
};

const scratch: string[] = [];

async function scratchDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'vcluster-box-own-'));
  scratch.push(directory);
  return directory;
}

/** Removes everything that the functions below have created. */
export async function removeScratch(): Promise<void> {
  for (const directory of scratch.splice(0)) await rm(directory, { recursive: true });
}

/**
 * Downloads Debian's packages of Ganeti 3.0 that contain Python, from the archive of this machine.
 *
 * @returns paths of the files
 */
export async function downloadPackages(): Promise<readonly string[]> {
  const archive = await findDebianArchive({});
  if (archive === undefined) throw new Error('this machine has no Debian archive in its package sources');
  const directory = await scratchDirectory();
  const { uri, keyring, trusted } = archive;
  const options = [...(keyring === undefined ? [] : [`signed-by=${keyring}`]), ...(trusted ? ['trusted=yes'] : [])];
  await writeFile(join(directory, 'sources.list'), `deb [${options.join(' ')}] ${uri} bookworm main\n`);
  const settings = {
    'Dir::Etc::SourceList': join(directory, 'sources.list'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::State::lists': join(directory, 'lists'),
    'Dir::Cache': join(directory, 'cache'),
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
  };
  for (const name of ['lists/partial', 'cache/archives/partial'])
    await mkdir(join(directory, name), { recursive: true });
  const argv = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  await execa('apt-get', [...argv, 'update']);
  await execa('apt-get', [...argv, 'download', 'ganeti', 'ganeti-3.0'], { cwd: directory });
  return (await readdir(directory)).filter((name) => name.endsWith('.deb')).map((name) => join(directory, name));
}

/** Unpacks packages, changes files that they have, and packs them into a directory, which is returned. */
export async function repack(packages: readonly string[], edits: Edits): Promise<string> {
  const directory = await scratchDirectory();
  for (const file of packages) {
    const unpacked = join(await scratchDirectory(), 'package');
    await execa('dpkg-deb', ['--raw-extract', file, unpacked]);
    for (const [path, changes] of Object.entries(edits)) await edit(join(unpacked, path), changes);
    await execa('dpkg-deb', ['-Znone', '--root-owner-group', '--build', unpacked, join(directory, basename(file))]);
  }
  return directory;
}

/** The tree that `dpkg -x` makes of packages. */
export async function unpack(directory: string): Promise<string> {
  const tree = await scratchDirectory();
  for (const name of await readdir(directory)) await execa('dpkg', ['-x', join(directory, name), tree]);
  return tree;
}

export async function copyOf(directory: string): Promise<string> {
  const copy = await scratchDirectory();
  await cp(directory, copy, { recursive: true });
  return copy;
}

async function edit(path: string, changes: readonly (readonly [string, string])[]): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  await writeFile(
    path,
    changes.reduce((before, [from, to]) => before.replaceAll(from, to), text),
  );
}
