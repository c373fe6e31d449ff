import { access, constants, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FileError, fileError } from '../errors.ts';
import { count, type JudgedTest, type QaResult } from './result.ts';

/** What went wrong outside all tests, without which a report that breaks off would look like a good one. */
export interface SuiteError {
  readonly name: string;
  readonly message: string;
}

/**
 * The form that CI systems read tests from: JUnit's XML.  A failure that is known counts as skipped, for JUnit has no word for it, and
 * its message says what it is.
 */
export function junitXml(suite: string, tests: readonly JudgedTest[], errors: readonly SuiteError[] = []): string {
  const { failed, known, skipped, seconds } = count(tests);
  const total = tests.length + errors.length;
  const numbers = attributes({ tests: total, failures: failed, errors: errors.length, skipped: known + skipped });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${numbers} time="${seconds.toFixed(3)}">`,
    `  <testsuite${attributes({ name: suite })}${numbers} time="${seconds.toFixed(3)}">`,
    ...tests.map(testCase),
    ...errors.map(errorCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function errorCase({ name, message }: SuiteError): string {
  const open = `    <testcase${attributes({ classname: 'suite', name, time: '0.000' })}>`;
  return `${open}<error${attributes({ message })}/></testcase>`;
}

function testCase(test: JudgedTest): string {
  const { name, title, template, groups, seconds } = test;
  const shown = [name, ...(template === undefined ? [] : [`[${template}]`]), title].join(' ').trim();
  const open = `    <testcase${attributes({ classname: groups[0] ?? 'always', name: shown, time: seconds.toFixed(3) })}`;
  const inner = outcome(test);
  return inner === undefined ? `${open}/>` : `${open}>${inner}</testcase>`;
}

function outcome({ outcome: result, known, reason = '' }: JudgedTest): string | undefined {
  if (result === 'passed') return undefined;
  if (result === 'skipped') return `<skipped${attributes({ message: reason })}/>`;
  if (known !== undefined) return `<skipped${attributes({ message: `known failure: ${known}` })}/>`;
  return `<failure${attributes({ message: reason })}/>`;
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escape(String(value))}"`)
    .join('');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** What tests print may be anything; XML cannot hold most control characters, not even escaped. */
function escape(text: string): string {
  return text
    .replaceAll(/[&<>"]/g, (character) => entities[character] ?? character)
    .replaceAll(/[\n\t\r]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll(/\p{Cc}|\p{Cs}|[\ufffe\uffff]/gu, '?');
}

/** @throws {FileError} */
export async function writeJunit(
  file: string,
  { ganeti, tests, broken, complete, lastLines }: QaResult,
): Promise<void> {
  const errors = [
    ...broken.map(({ block, error }) => ({ name: block, message: `left before its end: ${error}` })),
    ...(complete ? [] : [{ name: 'the suite', message: `did not come to its end: ${lastLines.join('\n')}` }]),
  ];
  try {
    await writeFile(file, junitXml(`QA of Ganeti ${ganeti}`, tests, errors));
  } catch (error) {
    throw fileError(error, `write ${file}`);
  }
}

/**
 * Half an hour before it is written.
 *
 * @throws {FileError} when it could not be
 */
export async function refuseUnwritable(file: string): Promise<void> {
  const there = await stat(file).catch(() => undefined);
  if (there?.isDirectory()) throw new FileError(`cannot write ${file}: it is a directory`);
  try {
    await access(there === undefined ? dirname(file) : file, constants.W_OK);
  } catch (error) {
    throw fileError(error, `write ${file}`);
  }
}
