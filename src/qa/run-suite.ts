import { createWriteStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileError } from '../errors.ts';
import { PassThrough, type Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import type { Engine } from '../engine/engine.ts';
import type { Report } from '../events.ts';
import { tallyQa, type Tally } from './tally.ts';
import { execWhileRead } from '../cluster/exec.ts';
import type { ExecTarget } from '../cluster/exec-target.ts';
import { qaPaths } from './install-suite.ts';
import type { Ran } from './result.ts';
import { tellProgress } from './progress.ts';

export interface SuiteRun {
  /** the node that is master when the suite begins */
  readonly target: Pick<ExecTarget, 'container' | 'directory'>;
  readonly groups: ReadonlySet<string>;
  /** `3.0` ... */
  readonly ganeti: string;
  readonly withSkipped: boolean;
  readonly failFast: boolean;
  /** gets all that the suite prints */
  readonly logFile: string;
  readonly signal: AbortSignal;
  readonly report: Report;
}

const noSignals = { on: () => () => undefined };
const keptLines = 15;

/**
 * Runs the suite in a slice that was equipped for it, and tells of each test.
 *
 * @throws the signal's reason when it aborts; then the suite has been killed
 * @throws {FileError} when its log cannot be written
 */
export async function runSuite(engine: Engine, run: SuiteRun): Promise<Ran> {
  const log = await openLog(run.logFile, run.report);
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const tally = tallyQa(run.groups);
  const progress = tellProgress(run.report, run.ganeti);
  const lastLines: string[] = [];
  const keep = (line: string) => {
    log.write(line);
    lastLines.push(line);
    if (lastLines.length > keptLines) lastLines.shift();
  };
  // Each by itself: together, half a line of one may end up within a line of the other.
  const read = Promise.all([
    eachLine(stderr, keep),
    eachLine(stdout, (line) => {
      keep(line);
      progress.tell(tally.read(line), line);
    }),
  ]);
  const end = () => {
    stdout.end();
    stderr.end();
    return read;
  };
  try {
    const status = await execWhileRead(engine, run.target, command(run), { stdout, stderr }, noSignals);
    await end();
    progress.end();
    return { status, tally, lastLines };
  } catch (error) {
    await end();
    progress.fail();
    throw error;
  } finally {
    await log.end();
  }
}

function eachLine(input: Readable, take: (line: string) => void): Promise<void> {
  const lines = createInterface({ input }).on('line', take);
  return new Promise((resolve) => lines.once('close', resolve));
}

/** The suite acts from outside the nodes, so it is none, and it is the nodes' own business whom they follow. */
function command({ withSkipped, failFast, signal }: SuiteRun) {
  const program = failFast
    ? ['python3', '-u', '-B', qaPaths.program, '--yes-do-it']
    : ['python3', '-B', qaPaths.runner, ...(withSkipped ? ['--with-skipped'] : [])];
  const unset = ['GANETI_ROOTDIR', 'GANETI_HOSTNAME', 'VCLUSTER_BOX_FOLLOW_MASTER'].flatMap((name) => ['-u', name]);
  return {
    argv: ['env', ...unset, ...program, qaPaths.configuration],
    env: { PYTHONPATH: qaPaths.python },
    signal,
  };
}

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
