import { ArchiveError } from '../errors.ts';
import { type Entry, shown } from './entry.ts';

export interface CheckOptions {
  /** name of the archive's single top entry; '' when the archive holds the contents of the target directory */
  readonly root: string;
  /** new name of the top entry; '' omits the top entry itself */
  readonly as: string;
  /**
   * Called for each symbolic link that points outside the target, which is then skipped; without it, such a link is an
   * error.
   */
  readonly onOutsideLink?: ((link: string, target: string) => void) | undefined;
}

/**
 * Renames entries to their place in the target and refuses everything that could end up outside.
 *
 * Names must be relative and without `..`.  Links must not point outside, and no entry can lie below a link.  A hard
 * link must point to an earlier file of the archive.  Devices and other special files are refused.  Special mode bits
 * and owners are dropped.
 *
 * @throws {ArchiveError} naming the first refused entry
 */
export async function* checkEntries(entries: AsyncIterable<Entry>, options: CheckOptions): AsyncGenerator<Entry> {
  const typesByPath = new Map<string, string>();
  let count = 0;
  for await (const entry of entries) {
    count += 1;
    const path = pathBelow(options.root, entry.name);
    const key = path.join('/');
    refuseType(entry);
    refuseConflict(entry, path, typesByPath);
    if (entry.type === 'symlink' && !keepLink(entry, path, options)) continue;
    typesByPath.set(key, entry.type);
    if (path.length === 0 && options.as === '') continue;
    const target = entry.type === 'link' ? hardLinkTarget(entry, options, typesByPath) : entry.target;
    yield { ...entry, name: nameBelow(options.as, path), mode: entry.mode & 0o777, target };
  }
  if (count === 0) throw new ArchiveError('the archive is empty');
}

function pathBelow(root: string, name: string): readonly string[] {
  const path = componentsOf(name);
  if (root === '') return path;
  const [first, ...rest] = path;
  if (first !== root && root !== '.') throw refused(name, `is not below ${shown(root)}`);
  return root === '.' ? path : rest;
}

function nameBelow(as: string, path: readonly string[]): string {
  return [...(as === '' ? [] : [as]), ...path].join('/');
}

function refuseType({ name, type }: Entry): void {
  if (['file', 'directory', 'symlink', 'link'].includes(type)) return;
  const what = type.endsWith('device')
    ? 'a device'
    : type === 'fifo'
      ? 'a named pipe'
      : 'not a file, directory or link';
  throw refused(name, `is ${what}`);
}

function refuseConflict(
  { name, type }: Entry,
  path: readonly string[],
  typesByPath: ReadonlyMap<string, string>,
): void {
  for (let length = 0; length < path.length; length += 1) {
    const parentType = typesByPath.get(path.slice(0, length).join('/')) ?? 'directory';
    if (parentType !== 'directory') {
      throw refused(name, `lies below ${parentType === 'symlink' ? 'a symbolic link' : 'a file'}`);
    }
  }
  const earlier = typesByPath.get(path.join('/'));
  if (earlier === 'symlink' || (earlier !== undefined && (earlier === 'directory') !== (type === 'directory'))) {
    throw refused(name, 'is in the archive twice, with different types');
  }
}

/** @returns false when the link is to be skipped */
function keepLink({ name, target }: Entry, path: readonly string[], { onOutsideLink }: CheckOptions): boolean {
  if (path.length > 0 && staysInside(path.slice(0, -1), target)) return true;
  if (onOutsideLink === undefined) {
    throw new ArchiveError(
      `refused: ${shown(name)} is a symbolic link that points outside the target: ${shown(target)}`,
      { hint: 'to skip such links, use --skip-links' },
    );
  }
  onOutsideLink(name, target);
  return false;
}

function hardLinkTarget(
  { name, target }: Entry,
  options: CheckOptions,
  typesByPath: ReadonlyMap<string, string>,
): string {
  const path = pathBelow(options.root, target);
  const type = typesByPath.get(path.join('/'));
  if (type === 'file' || type === 'link') return nameBelow(options.as, path);
  throw refused(name, `is a hard link to ${shown(target)}, which is not an earlier file of the archive`);
}

const replacementCharacter = '\uFFFD';

/**
 * The components of an entry's name without `.`; empty for the top directory.
 *
 * @throws {ArchiveError} when the name leads out of that directory or is not valid text
 */
export function componentsOf(name: string): readonly string[] {
  if (name.startsWith('/')) throw refused(name, 'has an absolute name');
  const components = split(name);
  if (components.includes('..')) throw refused(name, 'leads out of the target (`..`)');
  if (name.includes('\0')) throw refused(name, 'has a zero byte in its name');
  if (name.includes(replacementCharacter)) throw refused(name, 'has a name that is not UTF-8');
  return components;
}

/**
 * Whether a symbolic link stays inside the top directory, whatever other links the archive contains.
 *
 * `..` is allowed only at the beginning.  There it climbs real directories, because no entry lies below a link.
 * Further on it could climb from the target of another link.
 *
 * @param parent components of the directory that contains the link
 */
function staysInside(parent: readonly string[], target: string): boolean {
  if (target.startsWith('/') || target === '' || /[\0\uFFFD]/.test(target)) return false;
  const components = split(target);
  const firstName = components.findIndex((component) => component !== '..');
  const climbs = firstName === -1 ? components.length : firstName;
  return climbs <= parent.length && !components.slice(climbs).includes('..');
}

function refused(name: string, why: string): ArchiveError {
  return new ArchiveError(`refused: ${shown(name)} ${why}`);
}

function split(path: string): readonly string[] {
  return path.split('/').filter((component) => component !== '' && component !== '.');
}
