import { createWriteStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import { type ExecTarget, execOnNode } from '../cluster/exec.ts';
import type { Engine } from '../engine/engine.ts';
import { fileError } from '../errors.ts';
import type { Report } from '../events.ts';
import { keepLast, lineStream } from '../lines.ts';
import { qaPaths } from './install-suite.ts';
import { reportProgress } from './progress.ts';
import type { SuiteOutcome } from './result.ts';
import { tallyQa } from './tally.ts';

export interface SuiteRun {
  /** the node that is master when the suite starts */
  readonly target: Pick<ExecTarget, 'container' | 'directory' | 'cluster'>;
  readonly groups: ReadonlySet<string>;
  /** `3.0` or `3.1` */
  readonly ganeti: string;
  readonly withSkipped: boolean;
  readonly failFast: boolean;
  /** the only test to run */
  readonly only: string | undefined;
  /** receives all output of the suite */
  readonly logFile: string;
  readonly signal: AbortSignal;
  readonly report: Report;
}

const noSignals = { on: () => () => undefined };
const keptLines = 15;

/**
 * Runs the suite in a slice where it is installed, and reports each test.
 *
 * @throws the signal's reason when it aborts; the suite has been killed by then
 * @throws {FileError} when its log cannot be written
 */
export async function runSuite(engine: Engine, run: SuiteRun): Promise<SuiteOutcome> {
  const log = await openLog(run.logFile, run.report);
  const tally = tallyQa(run.groups);
  const progress = reportProgress(run.report, run.ganeti);
  const lastLines: string[] = [];
  const keep = (line: string) => {
    log.write(line);
    keepLast(lastLines, line, keptLines);
  };
  // Read separately: in a merged stream, part of a line from one can end up within a line of the other.
  const stderr = lineStream(keep);
  const stdout = lineStream((line) => {
    keep(line);
    progress.update(tally.read(line), line);
  });
  const endOutput = () => Promise.all([finished(stdout.end()), finished(stderr.end())]);
  try {
    const status = await execOnNode(engine, run.target, command(run), { stdout, stderr }, noSignals);
    await endOutput();
    progress.finish();
    return { status, tally, lastLines };
  } catch (error) {
    await endOutput();
    progress.fail();
    throw error;
  } finally {
    await log.end();
  }
}

/** The suite acts from outside the nodes, so it does not run as a node, and each node follows its master by itself. */
function command({ withSkipped, failFast, only, signal }: SuiteRun) {
  const program = failFast
    ? ['python3', '-u', '-B', qaPaths.program, '--yes-do-it']
    : [
        'python3',
        '-B',
        qaPaths.runner,
        ...(withSkipped ? ['--with-skipped'] : []),
        ...(only === undefined ? [] : ['--only', only]),
      ];
  const unset = ['GANETI_ROOTDIR', 'GANETI_HOSTNAME', 'VCLUSTER_BOX_FOLLOW_MASTER'].flatMap((name) => ['-u', name]);
  return {
    argv: ['env', ...unset, ...program, qaPaths.configuration],
    env: { PYTHONPATH: qaPaths.python },
    signal,
  };
}

interface SuiteLog {
  readonly write: (line: string) => void;
  /** Resolves when everything is written.  A write error is only a warning: the result matters more than the log. */
  readonly end: () => Promise<void>;
}

/** @throws {FileError} when the file cannot be created */
async function openLog(file: string, report: Report): Promise<SuiteLog> {
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
      message: `the log of the suite is incomplete: ${why instanceof Error ? why.message : String(why)}`,
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
