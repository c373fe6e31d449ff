import { writeFile } from 'node:fs/promises';
import type { QaResult } from '../cluster/qa/result.ts';
import { FileError } from '../errors.ts';
import { junitXml } from '../ganeti/qa/junit.ts';

/** @throws {FileError} */
export async function writeJunit(file: string, { ganeti, tests }: QaResult): Promise<void> {
  try {
    await writeFile(file, junitXml(`QA of Ganeti ${ganeti}`, tests));
  } catch (error) {
    throw new FileError(`cannot write ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
