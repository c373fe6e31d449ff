import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Entry } from '../../archive/entry.ts';
import { walkEntries } from '../../archive/walk-entries.ts';
import { FileError, fileError } from '../../errors.ts';

/** A source tree of Ganeti, as in a clone of its repository. */
export interface SourceTree {
  readonly directory: string;
  /** as Ganeti itself says it: `3.0.2`, `3.1.0~rc2` */
  readonly version: string;
}

/** What is brought of a tree: Python modules, tools, the QA suite, and the user's own hooks and OS definitions. */
export const syncedDirectories: readonly string[] = ['lib', 'tools', 'qa', 'hooks', 'os'];

/**
 * Reads a tree's version from its `configure.ac`.
 *
 * @throws {FileError} when the directory is not a source tree of Ganeti
 */
export async function readSourceTree(directory: string): Promise<SourceTree> {
  const version = versionOf(await readText(join(directory, 'configure.ac'), directory));
  await readText(join(directory, 'lib/backend.py'), directory);
  if (version === undefined) throw notATree(directory, 'its configure.ac does not say the version');
  return { directory, version };
}

async function readText(path: string, directory: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileError(error, `read ${path}`);
    throw notATree(directory, `it has no ${path.slice(join(directory, '/').length)}`);
  }
}

function notATree(directory: string, why: string): FileError {
  return new FileError(`${directory} is not a source tree of Ganeti: ${why}`, {
    hint: "give the directory of your clone of Ganeti's repository",
  });
}

/** `m4_define([gnt_version_major], [3])` and three more lines. */
export function versionOf(configure: string): string | undefined {
  const part = (name: string) =>
    new RegExp(String.raw`^m4_define\(\[gnt_version_${name}\],\s*\[([^\]]*)\]\)`, 'm').exec(configure)?.[1];
  const [major, minor, revision] = ['major', 'minor', 'revision'].map(part);
  if (major === undefined || minor === undefined || revision === undefined) return undefined;
  return `${major}.${minor}.${revision}${part('suffix') ?? ''}`;
}

/**
 * The tree's files below `syncedDirectories`.
 *
 * @throws {FileError} when one cannot be read
 */
export async function* treeEntries({ directory }: SourceTree): AsyncGenerator<Entry> {
  const present = await readdir(directory);
  for (const top of syncedDirectories.filter((name) => present.includes(name))) {
    for await (const entry of walkEntries(join(directory, top), top)) {
      if (entry.type === 'file' && isSynced(entry.name)) yield entry;
    }
  }
}

/** Neither hidden files and those of editors, nor what a build or Python makes. */
export function isSynced(name: string): boolean {
  const parts = name.split('/');
  return (
    syncedDirectories.includes(parts[0] ?? '') &&
    !name.startsWith('lib/build/') &&
    parts.every((part) => part !== '__pycache__' && !/^[.#]|~$|\.(pyc|orig|rej|swp|in)$/.test(part))
  );
}
