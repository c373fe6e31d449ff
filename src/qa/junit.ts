import { access, constants, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FileError, fileError } from '../errors.ts';
import { count, type JudgedTest, type QaResult } from './result.ts';

/** A failure outside all tests.  Without it, the report of an incomplete run would look like a success. */
interface SuiteError {
  readonly name: string;
  readonly message: string;
}

/** @throws {FileError} */
export async function writeJunit(
  file: string,
  { ganeti, tests, broken, complete, lastLines }: QaResult,
): Promise<void> {
  const errors = [
    ...broken.map(({ block, error }) => ({ name: block, message: `aborted: ${error}` })),
    ...(complete ? [] : [{ name: 'the suite', message: `did not run to the end: ${lastLines.join('\n')}` }]),
  ];
  try {
    await writeFile(file, junitXml(`QA of Ganeti ${ganeti}`, tests, errors));
  } catch (error) {
    throw fileError(error, `write ${file}`);
  }
}

/**
 * Checks that a file can be written.  The suite takes half an hour before it is.
 *
 * @throws {FileError} if it cannot be written
 */
export async function requireWritable(file: string): Promise<void> {
  const existing = await stat(file).catch(() => undefined);
  if (existing?.isDirectory()) throw new FileError(`cannot write ${file}: it is a directory`);
  try {
    await access(existing === undefined ? dirname(file) : file, constants.W_OK);
  } catch (error) {
    throw fileError(error, `write ${file}`);
  }
}

/**
 * Writes tests in JUnit's XML format, which CI systems read.  JUnit has no known failures: they are reported as
 * skipped, and the message says so.
 *
 * By hand: `junit-report-builder` (5.1) drops the messages of skipped tests, and brings lodash, make-dir and semver.
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

/** Tests print arbitrary text, but XML allows few control characters, not even escaped. */
function escape(text: string): string {
  return text
    .replaceAll(/[&<>"]/g, (character) => entities[character] ?? character)
    .replaceAll(/[\n\t\r]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll(/\p{Cc}|\p{Cs}|[\ufffe\uffff]/gu, '?');
}
