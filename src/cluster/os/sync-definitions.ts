import { createHash, randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { checkEntries } from '../../archive/check-entries.ts';
import type { Entry } from '../../archive/entry.ts';
import { packEntries, readEntries } from '../../archive/tar.ts';
import type { Engine } from '../../engine/engine.ts';
import { ArchiveError, FileError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { capture } from '../exec.ts';
import { definitionEntries, type OsDefinition } from './definition.ts';

interface SyncOptions {
  readonly definitions: readonly OsDefinition[];
  readonly report: Report;
  readonly signal: AbortSignal;
}

/**
 * Copies OS definitions into a running slice if they are missing or differ.  Each replaces an existing one as a whole,
 * so that Ganeti never sees a partial definition.
 *
 * @returns whether anything was copied
 * @throws {FileError} when the slice cannot move them into place
 */
export async function syncDefinitions(engine: Engine, container: string, options: SyncOptions): Promise<boolean> {
  const { definitions, report, signal } = options;
  const missing: OsDefinition[] = [];
  for (const definition of definitions) {
    if (!(await isInstalled(engine, container, definition, signal))) missing.push(definition);
  }
  if (missing.length === 0) return false;
  const into = `.vcluster-box-os-${randomBytes(6).toString('hex')}`;
  const names = missing.map(({ name }) => name);
  try {
    await writeDefinitions(engine, container, { definitions: missing, signal, into });
    await inSlice(engine, container, replace, [into, ...names]);
  } finally {
    await inSlice(engine, container, 'rm -rf -- "$1"', [into]);
  }
  reportSynced(report, missing);
  return true;
}

export function reportSynced(report: Report, definitions: readonly OsDefinition[]): void {
  if (definitions.length === 0) return;
  const names = definitions.map(({ name }) => name).join(', ');
  report({ type: 'notice', message: `OS definitions installed on all nodes: ${names}` });
}

/** `-L`, because the name can belong to a dangling link. */
const replace =
  'new=$1; shift; for os; do if [ -e "$os" ] || [ -L "$os" ]; then mv -T "$os" "$new/.old-$os"; fi; mv -T "$new/$os" "$os"; done';

async function inSlice(engine: Engine, container: string, script: string, args: readonly string[]): Promise<void> {
  const argv = ['sh', '-euc', `cd ${slicePaths.osDefinitions}; ${script}`, 'sh', ...args];
  const { status, stderr } = await capture(engine, container, argv);
  if (status === 0) return;
  throw new FileError(`the slice cannot write into ${slicePaths.osDefinitions}`, {
    output: stderr.trimEnd().split('\n'),
  });
}

/** Whether a slice has an OS definition with the same content and modes. */
async function isInstalled(
  engine: Engine,
  container: string,
  definition: OsDefinition,
  signal: AbortSignal,
): Promise<boolean> {
  const path = `${slicePaths.osDefinitions}/${definition.name}`;
  const found = await engine.inspectPath(container, path);
  if (found?.type !== 'directory') return false;
  const entries = readEntries(await engine.readArchive(container, `${path}/.`, signal));
  try {
    const installed = await contentOf(checkEntries(entries, { root: '', as: definition.name }));
    return installed === (await contentOf(definitionEntries(definition)));
  } catch (error) {
    // An archive that cannot be copied cannot be a copy either.
    if (error instanceof ArchiveError) return false;
    throw error;
  }
}

/** One line per file, directory or link, sorted. */
async function contentOf(entries: AsyncIterable<Entry>): Promise<string> {
  const lines: string[] = [];
  for await (const { name, type, mode, target, body } of entries) {
    lines.push(JSON.stringify([name, type, type === 'symlink' ? 0 : mode, target, await digest(body)]));
  }
  return lines.sort().join('\n');
}

async function digest(body: Entry['body']): Promise<string> {
  const hash = createHash('sha256');
  if (body !== undefined) for await (const chunk of body as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}

interface WriteOptions {
  readonly definitions: readonly OsDefinition[];
  /** aborts when the user interrupts */
  readonly signal: AbortSignal;
  /** subdirectory of Ganeti's OS directory; default: the OS directory itself */
  readonly into?: string;
}

/** Exists on every Debian system, unlike possibly the directories below it. */
const top = '/srv';

/** Writes OS definitions into a running or stopped container. */
export async function writeDefinitions(engine: Engine, container: string, options: WriteOptions): Promise<void> {
  if (options.definitions.length === 0) return;
  await engine.writeArchive(container, top, packEntries(entriesOf(options)), options.signal);
}

async function* entriesOf({ definitions, into = '' }: WriteOptions): AsyncGenerator<Entry> {
  const directory = posix.join(slicePaths.osDefinitions, into);
  yield* directoriesTo(posix.relative(top, directory));
  for (const definition of definitions) {
    for await (const entry of definitionEntries(definition)) {
      yield { ...entry, name: posix.join(posix.relative(top, directory), entry.name) };
    }
  }
}

/** `a`, then `a/b`. */
function* directoriesTo(path: string): Generator<Entry> {
  const names = path.split('/');
  for (let length = 1; length <= names.length; length += 1) {
    const name = names.slice(0, length).join('/');
    yield { name, type: 'directory', mode: 0o755, size: 0, modifiedAt: new Date(), target: '' };
  }
}
