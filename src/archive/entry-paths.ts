import { ArchiveError } from '../errors.ts';
import { shown } from './entry.ts';

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
export function staysInside(above: readonly string[], target: string): boolean {
  if (target.startsWith('/') || target === '' || /[\0\uFFFD]/.test(target)) return false;
  const components = split(target);
  const climbs = components.findIndex((component) => component !== '..');
  const up = climbs === -1 ? components.length : climbs;
  return up <= above.length && !components.slice(up).includes('..');
}

export function refused(name: string, why: string): ArchiveError {
  return new ArchiveError(`refused: ${shown(name)} ${why}`);
}

function split(path: string): readonly string[] {
  return path.split('/').filter((component) => component !== '' && component !== '.');
}
