import { access, constants, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileError } from '../../archive/file-error.ts';
import type { QaResult } from './result.ts';
import { FileError } from '../../errors.ts';
import { junitXml } from '../../ganeti/qa/junit.ts';

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
