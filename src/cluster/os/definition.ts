import { realpath } from 'node:fs/promises';
import { checkEntries } from '../../archive/check-entries.ts';
import { type Entry, shown } from '../../archive/entry.ts';
import { walkEntries } from '../../archive/walk-entries.ts';
import { FileError } from '../../errors.ts';

/** A valid OS definition on the local machine. */
export interface OsDefinition {
  /** its name in Ganeti */
  readonly name: string;
  /** the path given by the user, or one below it */
  readonly path: string;
}

/**
 * The files of an OS definition, in a directory with its name.
 *
 * @throws {FileError} or {ArchiveError} when a file cannot be copied, or a link points outside the definition
 */
export async function* definitionEntries({ name, path }: OsDefinition): AsyncGenerator<Entry> {
  yield* checkEntries(walkEntries(await realpath(path), '.'), { root: '', as: name, onOutsideLink: refuse });
}

function refuse(link: string, target: string): void {
  throw new FileError(
    `${shown(link)} is a symbolic link to ${shown(target)}, outside the OS definition; replace it with a copy`,
  );
}
