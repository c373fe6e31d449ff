import { ArchiveError } from '../errors.ts';
import { type Entry, shown } from './entry.ts';

export interface CheckOptions {
  /** name of the archive's one top entry, which is what is copied; '' when the archive is what the directory is to hold */
  readonly root: string;
  /** what the top entry is called from now on; '' for none: then the top entry itself is left out */
  readonly as: string;
  /** Called with each symbolic link that leads out of the target; without it, such a link is an error. */
  readonly onLeadingOut?: ((link: string, target: string) => void) | undefined;
}

/**
 * Lets pass what stays below one directory wherever it is unpacked, and gives it its new name; refuses everything else.
 *
 * Names may not climb (`..`) or be absolute; links may not lead out, nor may an entry lie below a link; a hard link must lead to
 * a file that came before it; devices and the like have no place.  Special bits of modes are dropped, and so are owners.
 *
 * @throws {ArchiveError} naming the first entry that is refused
 */
export async function* checkEntries(entries: AsyncIterable<Entry>, options: CheckOptions): AsyncGenerator<Entry> {
  const before = new Map<string, string>();
  let count = 0;
  for await (const entry of entries) {
    count += 1;
    const path = below(options.root, entry.name);
    const key = path.join('/');
    refuseType(entry);
    refusePlace(entry, path, before);
    if (entry.type === 'symlink' && !keepLink(entry, path, options)) continue;
    before.set(key, entry.type);
    if (path.length === 0 && options.as === '') continue;
    const target = entry.type === 'link' ? hardLinkTarget(entry, options, before) : entry.target;
    yield { ...entry, name: place(options.as, path), mode: entry.mode & 0o777, target };
  }
  if (count === 0) throw new ArchiveError('the archive is empty');
}

function below(root: string, name: string): readonly string[] {
  const path = componentsOf(name);
  if (root === '') return path;
  const [first, ...rest] = path;
  if (first !== root && root !== '.') throw refused(name, `is not below ${shown(root)}`);
  return root === '.' ? path : rest;
}

function place(as: string, path: readonly string[]): string {
  return [...(as === '' ? [] : [as]), ...path].join('/');
}

function refuseType({ name, type }: Entry): void {
  if (['file', 'directory', 'symlink', 'link'].includes(type)) return;
  const what = type.endsWith('device') ? 'a device' : type === 'fifo' ? 'a named pipe' : 'no file, directory or link';
  throw refused(name, `is ${what}`);
}

function refusePlace({ name, type }: Entry, path: readonly string[], before: ReadonlyMap<string, string>): void {
  for (let length = 0; length < path.length; length += 1) {
    const kind = before.get(path.slice(0, length).join('/')) ?? 'directory';
    if (kind !== 'directory') throw refused(name, `lies below ${kind === 'symlink' ? 'a symbolic link' : 'a file'}`);
  }
  const same = before.get(path.join('/'));
  if (same === 'symlink' || (same !== undefined && (same === 'directory') !== (type === 'directory'))) {
    throw refused(name, 'is in the archive twice, as different things');
  }
}

/** @returns false when it is to be left out */
function keepLink({ name, target }: Entry, path: readonly string[], { onLeadingOut }: CheckOptions): boolean {
  if (path.length > 0 && staysInside(path.slice(0, -1), target)) return true;
  if (onLeadingOut === undefined) {
    throw new ArchiveError(
      `refused: ${shown(name)} is a symbolic link that leads out of the target: ${shown(target)}`,
      {
        hint: 'leave out such links: --skip-links',
      },
    );
  }
  onLeadingOut(name, target);
  return false;
}

function hardLinkTarget({ name, target }: Entry, options: CheckOptions, before: ReadonlyMap<string, string>): string {
  const path = below(options.root, target);
  const kind = before.get(path.join('/'));
  if (kind === 'file' || kind === 'link') return place(options.as, path);
  throw refused(name, `is a hard link to ${shown(target)}, which is no file that came before it`);
}

const replacementCharacter = '\uFFFD';

/**
 * The components of an entry's name, none of them `.`; none at all for the directory itself that is copied.
 *
 * @throws {ArchiveError} when it leads out of that directory, or is no text
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
 * Whether a symbolic link stays within the directory that is copied, whatever other links are in there.
 *
 * `..` may stand at the beginning only.  There it climbs directories, for no entry lies below a link; later it could climb from
 * where another link leads.
 *
 * @param above components of the directory that the link is in
 */
function staysInside(above: readonly string[], target: string): boolean {
  if (target.startsWith('/') || target === '' || /[\0\uFFFD]/.test(target)) return false;
  const components = split(target);
  const climbs = components.findIndex((component) => component !== '..');
  const up = climbs === -1 ? components.length : climbs;
  return up <= above.length && !components.slice(up).includes('..');
}

function refused(name: string, why: string): ArchiveError {
  return new ArchiveError(`refused: ${shown(name)} ${why}`);
}

function split(path: string): readonly string[] {
  return path.split('/').filter((component) => component !== '' && component !== '.');
}
