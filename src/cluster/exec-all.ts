import pMap, { pMapSkip } from 'p-map';
import type { Engine, ExecCommand, ExecStreams } from '../engine/engine.ts';
import { InterruptedError, OutputError } from '../errors.ts';
import { type ExecTarget, execOnNode } from './exec.ts';
import type { Signal, Signals } from './signals.ts';

/** Each running command needs a connection to the engine and one or two extra processes. */
const concurrency = 16;

export interface ExecAll {
  readonly command: Omit<ExecCommand, 'signal' | 'tty' | 'size'>;
  readonly open: (target: ExecTarget) => NodeOutput;
  readonly signals: Signals;
}

/** Where the output of one node goes. */
export interface NodeOutput extends Omit<ExecStreams, 'stdin' | 'onResize'> {
  /** Called when the command has ended with any exit status, but not when it could not be run. */
  readonly close: () => Promise<void>;
}

/**
 * Runs a command on several nodes in parallel.  A signal is forwarded to all running commands, and no more are started.
 * When one output cannot be written, all commands are ended.
 *
 * @returns the exit status of each node, in the order of the targets
 * @throws {OutputError} when the output cannot be written
 * @throws {EngineError} when the command could not be run on a node, after the running ones have ended
 */
export async function execOnAll(
  engine: Engine,
  targets: readonly ExecTarget[],
  { command, open, signals }: ExecAll,
): Promise<readonly number[]> {
  const closed = new AbortController();
  const shared = fanOut(signals);
  let last: Signal | undefined;
  const stopListening = shared.on((signal) => (last = signal));
  const failures: unknown[] = [];
  const run = async (target: ExecTarget) => {
    if (last !== undefined) return new InterruptedError(last, 'not started').exitCode;
    // pMap's own stopOnError rejects at once, without waiting for the commands that are still running.
    if (failures.length > 0) return pMapSkip;
    const output = open(target);
    try {
      const status = await execOnNode(engine, target, { ...command, signal: closed.signal }, output, shared);
      await output.close();
      return status;
    } catch (error) {
      if (error instanceof OutputError) closed.abort(error);
      failures.push(error);
      return pMapSkip;
    }
  };
  try {
    const statuses = await pMap(targets, run, { concurrency });
    if (failures.length > 0) throw failures[0];
    return statuses;
  } finally {
    stopListening();
    shared.stop();
  }
}

/** Shares one listener on the process's signals among many: Node warns about more than ten listeners. */
function fanOut(signals: Signals): Signals & { readonly stop: () => void } {
  const handlers = new Set<(signal: Signal) => void>();
  const stop = signals.on((signal) => {
    for (const handler of [...handlers]) handler(signal);
  });
  return {
    stop,
    on: (handler) => {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
  };
}
