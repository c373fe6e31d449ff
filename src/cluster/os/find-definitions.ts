import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UsageError } from '../../errors.ts';
import { definitionProblems } from './definition-problems.ts';
import type { OsDefinition } from './definition.ts';

/** What makes a directory an OS definition, or one that is meant to be. */
const marks = ['ganeti_api_version', 'create', 'create_untrusted'];

/**
 * The OS definitions that directories hold, each of which is one or has several below it, sorted by name.
 *
 * @throws {UsageError} listing all that Ganeti would not take
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

/** @returns text: why there are none */
async function definitionsIn(directory: string): Promise<readonly OsDefinition[] | string> {
  if (!(await isDirectory(directory))) return 'is no directory';
  const names = await namesIn(directory);
  if (names === undefined) return 'cannot be read';
  if (names.some((name) => marks.includes(name))) {
    // Its own name, even where it was named `.` or by a link.
    return [{ name: basename(await realpath(directory)), path: directory }];
  }
  const below = await definitionsBelow(directory, names);
  return below.length > 0 ? below : 'is no OS definition (it has no ganeti_api_version), nor has it one below it';
}

async function definitionsBelow(directory: string, names: readonly string[]): Promise<readonly OsDefinition[]> {
  const below: OsDefinition[] = [];
  for (const name of names.filter((each) => !each.startsWith('.')).sort()) {
    const path = join(directory, name);
    if (!(await isDirectory(path))) continue;
    if ((await namesIn(path))?.some((each) => marks.includes(each))) below.push({ name, path });
  }
  return below;
}

/** `undefined` when this user may not know. */
async function namesIn(directory: string): Promise<readonly string[] | undefined> {
  return readdir(directory).catch(() => undefined);
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

function doubles(found: readonly OsDefinition[]): readonly string[] {
  return found.flatMap(({ name, path }, index) => {
    const before = found.slice(0, index).find((other) => other.name === name);
    return before === undefined ? [] : [`${path}: there is a second one called ${name}, ${before.path}`];
  });
}

function unusable(problems: readonly string[]): UsageError {
  const hint = 'what belongs into an OS definition: man 7 ganeti-os-interface, or docs/os.md';
  const [only = ''] = problems;
  if (problems.length === 1) return new UsageError(`OS definition: ${only}`, { hint });
  return new UsageError(`OS definitions that Ganeti would not take:${problems.map((one) => `\n  ${one}`).join('')}`, {
    hint,
  });
}
