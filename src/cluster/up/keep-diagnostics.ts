import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine, LogLine } from '../../engine/engine.ts';
import { FileError, fileError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import { withTimeout } from '../../wait.ts';
import { exportCluster } from '../export/export-cluster.ts';
import { findCluster } from '../find.ts';

interface File {
  readonly report: Report;
  readonly stateDirectory: string;
  /** without ending */
  readonly name: string;
}

/**
 * Saves the log of a container that is about to be removed: `logs/NAME.log` in the state directory.
 *
 * @returns the file's path; `undefined` when there is none.  Never throws: the user must see the failure that came
 * before.
 */
export async function keepLog(
  engine: Engine,
  container: string,
  { report, stateDirectory, name }: File,
): Promise<string | undefined> {
  const folder = join(stateDirectory, 'logs');
  const file = join(folder, `${name}.log`);
  const lines = engine.followLogs(container, { follow: false })[Symbol.asyncIterator]();
  try {
    const first = await lines.next();
    if (first.done === true) return undefined;
    await mkdir(folder, { recursive: true });
    await writeFile(file, linesFrom(first.value, lines), { mode: 0o600 });
    return file;
  } catch (error) {
    reportUnwritable(report, file, error);
    return undefined;
  }
}

async function* linesFrom(first: LogLine, others: AsyncIterator<LogLine>): AsyncGenerator<string> {
  yield `${first.text}\n`;
  for await (const { text } of { [Symbol.asyncIterator]: () => others }) yield `${text}\n`;
}

/** Reports that the file cannot be written.  Other errors are those of an engine that fails anyway. */
function reportUnwritable(report: Report, file: string, error: unknown): void {
  const problem = fileError(error, `keep ${file}`);
  if (problem instanceof FileError) report({ type: 'warning', message: problem.message });
}

interface Export extends File {
  /** of vcluster-box */
  readonly version: string;
  /** message of the error */
  readonly failure: string;
  readonly timeoutMs?: number;
}

/** Users must not wait long for a failed command. */
const exportTimeoutMs = 20_000;

/**
 * Saves an export of a cluster that could not be created and is about to be removed: `logs/NAME.tar.gz`.
 *
 * @returns the file's path; `undefined` when there is none.  Never throws, as above.
 */
export async function keepExport(
  engine: Engine,
  cluster: string,
  { report, stateDirectory, name, version, failure, timeoutMs = exportTimeoutMs }: Export,
): Promise<string | undefined> {
  const folder = join(stateDirectory, 'logs');
  const target = join(folder, `${name}.tar.gz`);
  const write = async () => {
    await mkdir(folder, { recursive: true });
    const context = { version, signal: AbortSignal.timeout(timeoutMs), failure };
    return (await exportCluster(engine, await findCluster(engine, cluster), target, context)).path;
  };
  try {
    // Not every request to an engine ends with the signal.
    return await withTimeout(write(), timeoutMs);
  } catch (error) {
    reportUnwritable(report, target, error);
    return undefined;
  }
}
