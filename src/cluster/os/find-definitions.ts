import type { Stats } from 'node:fs';
import { open, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Entry } from '../../archive/entry.ts';
import { ArchiveError, FileError, fileError, UsageError } from '../../errors.ts';
import { definitionEntries, type OsDefinition } from './definition.ts';

/** A directory with one of these files is an OS definition, possibly an invalid one. */
const marks = ['ganeti_api_version', 'create', 'create_untrusted'];

/**
 * Finds OS definitions, sorted by name.  Each directory is either a definition or contains several.
 *
 * @throws {UsageError} listing everything that Ganeti does not accept
 */
export async function findDefinitions(directories: readonly string[]): Promise<readonly OsDefinition[]> {
  const found: OsDefinition[] = [];
  const problems: string[] = [];
  for (const directory of directories) {
    const definitions = await definitionsIn(directory);
    if (typeof definitions === 'string') problems.push(`${directory} ${definitions}`);
    else found.push(...definitions);
  }
  for (const definition of found) {
    const wrong = await definitionProblems(definition);
    problems.push(...wrong.map((problem) => `${definition.path}: ${problem}`));
  }
  problems.push(...doubles(found));
  if (problems.length > 0) throw unusable(problems);
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @returns the definitions, or a text that explains why there are none */
async function definitionsIn(directory: string): Promise<readonly OsDefinition[] | string> {
  const names = await namesIn(directory);
  if (typeof names === 'string') return names;
  if (names.some((name) => marks.includes(name))) {
    // The real name of the directory, even if it was given as `.` or as a link.
    return [{ name: basename(await realpath(directory)), path: directory }];
  }
  const below = await definitionsBelow(directory, names);
  return below.length > 0 ? below : 'is not an OS definition (ganeti_api_version is missing) and contains none';
}

async function definitionsBelow(directory: string, names: readonly string[]): Promise<readonly OsDefinition[]> {
  const below: OsDefinition[] = [];
  for (const name of names.filter((each) => !each.startsWith('.')).sort()) {
    const path = join(directory, name);
    const inside = await namesIn(path);
    if (typeof inside !== 'string' && inside.some((each) => marks.includes(each))) below.push({ name, path });
  }
  return below;
}

/** @returns the names in a directory, or a text that explains why there are none */
async function namesIn(directory: string): Promise<readonly string[] | string> {
  return readdir(directory).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'is not a directory' : 'cannot be read';
  });
}

function doubles(found: readonly OsDefinition[]): readonly string[] {
  return found.flatMap(({ name, path }, index) => {
    const before = found.slice(0, index).find((other) => other.name === name);
    return before === undefined ? [] : [`${path}: the name ${name} is already used by ${before.path}`];
  });
}

function unusable(problems: readonly string[]): UsageError {
  const hint = 'for the format of OS definitions, see ganeti-os-interface(7) and docs/os.md';
  const [only = ''] = problems;
  if (problems.length === 1) return new UsageError(`invalid OS definition: ${only}`, { hint });
  return new UsageError(`invalid OS definitions:${problems.map((one) => `\n  ${one}`).join('')}`, {
    hint,
  });
}

/** As in Ganeti's `_TryOSFromDisk`. */
const knownVersions = [10, 15, 20];
const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/;

/** Reasons why Ganeti would reject an OS definition, or why it cannot be copied. */
async function definitionProblems(definition: OsDefinition): Promise<readonly string[]> {
  const { name, path } = definition;
  const versions = await apiVersions(path);
  const newest = Math.max(...versions.numbers);
  return [
    ...(namePattern.test(name) ? [] : ['its name can contain only letters, digits, dots, hyphens and underscores']),
    ...versions.problems,
    ...(await scriptProblems(path, newest)),
    ...(newest >= 20 ? await parameterProblems(path) : []),
    ...(newest >= 15 ? await variantProblems(path) : []),
    ...(await entryProblems(definition)),
  ];
}

async function apiVersions(path: string) {
  const text = await textOf(path, 'ganeti_api_version');
  if (text === undefined) return { numbers: [], problems: ['ganeti_api_version is missing'] };
  const lines = linesOf(text).map((line) => line.trim());
  const numbers = lines.map(Number);
  if (!lines.every((line) => /^\d{1,4}$/.test(line)) || lines.length === 0) {
    return { numbers: [], problems: ['ganeti_api_version must contain one number per line, such as 20'] };
  }
  if (numbers.some((number) => knownVersions.includes(number))) return { numbers, problems: [] };
  return { numbers, problems: [`ganeti_api_version must contain 10, 15 or 20, found ${lines.join(', ')}`] };
}

async function scriptProblems(path: string, newestVersion: number): Promise<readonly string[]> {
  const create = (await statOf(path, 'create_untrusted')) === undefined ? 'create' : 'create_untrusted';
  const both = (await statOf(path, 'create')) === undefined ? [] : ['create'];
  const scripts = new Set([create, ...both, 'import', 'export', 'rename', ...(newestVersion >= 20 ? ['verify'] : [])]);
  const problems = await Promise.all([...scripts].map((script) => scriptProblem(path, script)));
  return problems.filter((problem) => problem !== undefined);
}

async function scriptProblem(path: string, script: string): Promise<string | undefined> {
  const stats = await statOf(path, script);
  if (stats === undefined) return `${script} is missing`;
  if (!stats.isFile()) return `${script} is not a file`;
  if ((stats.mode & 0o100) === 0) return `${script} is not executable`;
  return (await firstLine(join(path, script))).endsWith('\r') ? `${script} has Windows line endings` : undefined;
}

/** The first line of a script, '' for a binary.  `entryProblems` reports unreadable files. */
async function firstLine(file: string): Promise<string> {
  await using handle = await open(file).catch(() => undefined);
  if (handle === undefined) return '';
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(256), 0, 256, 0);
  const [line = ''] = buffer.subarray(0, bytesRead).toString('latin1').split('\n');
  return line.startsWith('#!') ? line : '';
}

async function parameterProblems(path: string): Promise<readonly string[]> {
  const text = await textOf(path, 'parameters.list');
  if (text === undefined) return ['parameters.list is missing (required by API version 20; it can be empty)'];
  return linesOf(text).flatMap((line, index) =>
    /^\s*\S+\s+\S/.test(line) ? [] : [`parameters.list: line ${index + 1} must contain a name and a description`],
  );
}

async function variantProblems(path: string): Promise<readonly string[]> {
  const lines = linesOf((await textOf(path, 'variants.list')) ?? '').map((line) => line.trim());
  const variants = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const wrong = variants.find((variant, index) => !namePattern.test(variant) || variants.indexOf(variant) < index);
  return wrong === undefined ? [] : [`variants.list: ${wrong} is not a valid variant name, or a duplicate`];
}

/** Reads the beginning of each file, to find problems before the copy starts. */
async function entryProblems(definition: OsDefinition): Promise<readonly string[]> {
  try {
    for await (const { name, body } of definitionEntries(definition)) await readBeginning(name, body);
    return [];
  } catch (error) {
    if (error instanceof ArchiveError || error instanceof FileError || error instanceof UsageError)
      return [error.message];
    throw error;
  }
}

async function readBeginning(name: string, body: Entry['body']): Promise<void> {
  try {
    await body?.[Symbol.asyncIterator]().next();
    body?.destroy();
  } catch (error) {
    throw fileError(error, `read ${name}`);
  }
}

function linesOf(text: string): readonly string[] {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .slice(0, text === '' ? 0 : undefined);
}

/** `undefined` when it is not a readable file. */
async function textOf(path: string, name: string): Promise<string | undefined> {
  return (await statOf(path, name))?.isFile() ? readFile(join(path, name), 'utf8').catch(() => undefined) : undefined;
}

async function statOf(path: string, name: string): Promise<Stats | undefined> {
  return stat(join(path, name)).catch(() => undefined);
}
