import { realpath } from 'node:fs/promises';
import { checkEntries } from '../../archive/check-entries.ts';
import { type Entry, shown } from '../../archive/entry.ts';
import { walkEntries } from '../../archive/walk-entries.ts';
import { FileError } from '../../errors.ts';

/** An OS definition on this machine, which was looked at and found right. */
export interface OsDefinition {
  /** as Ganeti has it */
  readonly name: string;
  /** as the user named it, or a path below that */
  readonly path: string;
}

/**
 * All that an OS definition consists of, below its name.
 *
 * @throws {FileError} or {ArchiveError} when something in it cannot be copied, or would not be what it is here
 */
export async function* definitionEntries({ name, path }: OsDefinition): AsyncGenerator<Entry> {
  yield* checkEntries(walkEntries(await realpath(path), '.'), { root: '', as: name, onOutsideLink: refuse });
}

function refuse(link: string, target: string): void {
  throw new FileError(
    `${shown(link)} is a symbolic link to ${shown(target)}, which would lead elsewhere in the cluster; put a copy in its place`,
  );
}
