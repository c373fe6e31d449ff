import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stats } from 'node:fs';
import type { Entry } from '../../archive/entry.ts';
import { fileError } from '../../archive/file-error.ts';
import { ArchiveError, FileError, UsageError } from '../../errors.ts';
import type { OsDefinition } from './definition.ts';
import { definitionEntries } from './definition-entries.ts';

/** By Ganeti's `_TryOSFromDisk`. */
const knownVersions = [10, 15, 20];
const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/;

/** What Ganeti would not take of an OS definition, or we not copy. */
export async function definitionProblems(definition: OsDefinition): Promise<readonly string[]> {
  const { name, path } = definition;
  const versions = await apiVersions(path);
  const newest = Math.max(...versions.numbers);
  return [
    ...(namePattern.test(name) ? [] : ['its name may have letters, digits, dots, hyphens and underscores only']),
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
    return { numbers: [], problems: ['ganeti_api_version: a number a line, such as 20'] };
  }
  if (numbers.some((number) => knownVersions.includes(number))) return { numbers, problems: [] };
  return { numbers, problems: [`ganeti_api_version: one of them must be 10, 15 or 20, not ${lines.join(', ')}`] };
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
  if (!stats.isFile()) return `${script} is no file`;
  if ((stats.mode & 0o100) === 0) return `${script} is not executable`;
  return (await firstLine(join(path, script))).endsWith('\r') ? `${script} has line ends of Windows` : undefined;
}

/** As far as it matters: of a script, not of a program.  One that cannot be read is told of with all that cannot. */
async function firstLine(file: string): Promise<string> {
  await using handle = await open(file).catch(() => undefined);
  if (handle === undefined) return '';
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(256), 0, 256, 0);
  const [line = ''] = buffer.subarray(0, bytesRead).toString('latin1').split('\n');
  return line.startsWith('#!') ? line : '';
}

async function parameterProblems(path: string): Promise<readonly string[]> {
  const text = await textOf(path, 'parameters.list');
  if (text === undefined) return ['parameters.list is missing (API version 20 wants it; it may be empty)'];
  return linesOf(text).flatMap((line, index) =>
    /^\s*\S+\s+\S/.test(line) ? [] : [`parameters.list: line ${index + 1} is no name with a description behind it`],
  );
}

async function variantProblems(path: string): Promise<readonly string[]> {
  const lines = linesOf((await textOf(path, 'variants.list')) ?? '').map((line) => line.trim());
  const variants = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const wrong = variants.find((variant, index) => !namePattern.test(variant) || variants.indexOf(variant) < index);
  return wrong === undefined ? [] : [`variants.list: ${wrong} is no name of a variant, or there twice`];
}

/** The beginning of all that is in there is read once, so that nothing is wrong with it when it is on its way. */
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

/** `undefined` when it is no file that can be read. */
async function textOf(path: string, name: string): Promise<string | undefined> {
  return (await statOf(path, name))?.isFile() ? readFile(join(path, name), 'utf8').catch(() => undefined) : undefined;
}

async function statOf(path: string, name: string): Promise<Stats | undefined> {
  return stat(join(path, name)).catch(() => undefined);
}
