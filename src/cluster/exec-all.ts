import type { Engine, ExecCommand, ExecStreams } from '../engine/engine.ts';
import { InterruptedError, OutputClosedError } from '../errors.ts';
import { execWhileRead } from './exec.ts';
import type { ExecTarget } from './exec-target.ts';
import { fanOut, type Signal, type Signals } from './signals.ts';

/** So many commands run at once: each has a connection to the engine, and a process or two beside itself. */
const atOnce = 16;

export interface ExecAll {
  readonly command: Omit<ExecCommand, 'signal' | 'tty' | 'size'>;
  readonly open: (target: ExecTarget) => NodeOutput;
  readonly signals: Signals;
}

/** Where the output of one node goes. */
export interface NodeOutput extends Omit<ExecStreams, 'stdin' | 'onResize'> {
  /** Called when the command has ended well or badly, but not when it could not be run. */
  readonly close: () => Promise<void>;
}

/**
 * Runs a command on several nodes, side by side.  A signal goes to all that run, and then no more are begun; when nobody
 * reads the output of one, all are ended.
 *
 * @returns each node's exit status, in the order of the targets
 * @throws {OutputClosedError} when nobody reads the output any more
 * @throws {EngineError} when it could not be run on one of them; after the end of those that had begun
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
  const run = async (target: ExecTarget): Promise<number> => {
    if (last !== undefined) return new InterruptedError(last, 'not begun').exitCode;
    const output = open(target);
    try {
      const status = await execWhileRead(engine, target, { ...command, signal: closed.signal }, output, shared);
      await output.close();
      return status;
    } catch (error) {
      if (error instanceof OutputClosedError) closed.abort(error);
      throw error;
    }
  };
  try {
    return await inParallel(targets, run);
  } finally {
    stopListening();
    shared.stop();
  }
}

/** All results, in order; at the first failure nothing more is begun, and it is thrown when what had begun has ended. */
async function inParallel<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = [...items.entries()];
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, item] = next;
      results[index] = await run(item).catch((error: unknown) => {
        queue.length = 0;
        throw error;
      });
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: Math.min(atOnce, items.length) }, work));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return results;
}
