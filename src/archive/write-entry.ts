import { createWriteStream } from 'node:fs';
import { chmod, link, lutimes, mkdir, rm, symlink, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Entry } from './entry.ts';

/** What is to be done with a directory when all is in its place. */
export interface Late {
  /** of its entry */
  readonly name: string;
  /** @param path where it is then */
  readonly finish: (path: string) => Promise<void>;
}

/**
 * Makes what one entry stands for, and is done when it resolves or throws: nothing goes on behind the back of whoever removes it.
 * (tar-fs goes on for a while.)
 *
 * @param root a directory that nobody else writes into
 * @param late gets what is to be done when all is written, in the order of the entries
 */
export async function writeEntry(root: string, entry: Entry, late: Late[]): Promise<void> {
  const { name, type, mode, modifiedAt, target, body } = entry;
  const path = join(root, name);
  if (type === 'directory') {
    await mkdir(path, { recursive: true, mode: 0o700 });
    late.push({ name, finish: (at) => setModeAndTime(at, entry) });
    return;
  }
  await mkdir(dirname(path), { recursive: true });
  // An archive may have a file twice; the later counts.
  await rm(path, { force: true });
  if (type === 'symlink') {
    await symlink(target, path);
    await lutimes(path, modifiedAt, modifiedAt);
  } else if (type === 'link') await link(join(root, target), path);
  else {
    await pipeline(body ?? [], createWriteStream(path, { flags: 'wx', mode: mode & 0o700 }));
    await setModeAndTime(path, entry);
  }
}

async function setModeAndTime(path: string, { mode, modifiedAt }: Entry): Promise<void> {
  await chmod(path, mode);
  await utimes(path, modifiedAt, modifiedAt);
}
