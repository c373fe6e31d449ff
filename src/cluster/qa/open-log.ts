import { createWriteStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileError } from '../../archive/file-error.ts';
import type { Report } from '../../events.ts';

export interface SuiteLog {
  readonly write: (line: string) => void;
  /** Resolves when all is written.  What could not be is told of as a warning: the result is worth more than the log. */
  readonly end: () => Promise<void>;
}

/** @throws {FileError} when there can be no such file */
export async function openLog(file: string, report: Report): Promise<SuiteLog> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await (await open(file, 'a', 0o600)).close();
  } catch (error) {
    throw fileError(error, `write ${file}`);
  }
  const log = createWriteStream(file, { flags: 'a' });
  const written = finished(log).catch((error: unknown) => {
    const why = fileError(error, `write ${file}`);
    report({
      type: 'warning',
      message: `the suite's log breaks off: ${why instanceof Error ? why.message : String(why)}`,
    });
  });
  return {
    write: (line) => {
      log.write(`${line}\n`);
    },
    end: () => {
      log.end();
      return written;
    },
  };
}
