import { randomBytes } from 'node:crypto';
import { PassThrough, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Engine, ExecCommand, ExecStreams } from '../engine/engine.ts';
import { InterruptedError, OutputClosedError } from '../errors.ts';
import { slicePaths } from '../plan/slice-paths.ts';
import { waitUntil, withTimeout } from '../wait.ts';
import type { Signal, Signals } from './signals.ts';

/** The container and directory in which a command for a node runs. */
export interface ExecTarget {
  /** name of the node's container */
  readonly container: string;
  /** the node's directory in that container */
  readonly directory: string;
  /** names of the node, the full one first */
  readonly names: readonly string[];
  /** name of its cluster, as given to `up` */
  readonly cluster: string;
}

/**
 * Makes `gnt-*` commands work on every node: on a node that is not the master they ask the master, where real Ganeti
 * refuses. Implemented by `vcluster_node/follow_master.py` in the slice; `-e VCLUSTER_BOX_FOLLOW_MASTER=0` turns it
 * off.
 */
export const followMaster = { VCLUSTER_BOX_FOLLOW_MASTER: '1' } as const;

type Target = Pick<ExecTarget, 'container' | 'directory'>;

/**
 * Runs a command as a virtual node and forwards the signals that this process receives.
 *
 * @returns the exit status; 141, as if killed by SIGPIPE, when the reader of the output is gone (the command is ended)
 * @throws the abort reason of `command.signal`, after killing the command
 * @throws {InterruptedError} at the third signal, after trying to kill the command
 */
export async function execOnNode(
  engine: Engine,
  target: Target,
  command: ExecCommand,
  streams: ExecStreams,
  signals: Signals,
): Promise<number> {
  try {
    return await execWhileRead(engine, target, command, streams, signals);
  } catch (error) {
    if (error instanceof OutputClosedError) return error.exitCode;
    throw error;
  }
}

/**
 * Like `execOnNode`, but throws when the reader of the output is gone.
 *
 * @param command aborting its `signal` with an `OutputClosedError` has the same effect as a closed output
 * @throws {OutputClosedError} when the reader of the output is gone, after ending the command
 */
export async function execWhileRead(
  engine: Engine,
  { container, directory }: Target,
  command: ExecCommand,
  streams: ExecStreams,
  signals: Signals,
): Promise<number> {
  command.signal?.throwIfAborted();
  const id = randomBytes(8).toString('hex');
  const send = signalSender(engine, container, id);
  const giveUp = new AbortController();
  const stop = forwardSignals(signals, send, (signal) => {
    giveUp.abort(interrupted(command, signal));
  });
  const argv = [slicePaths.execOnNode, id, directory, ...sized(command)];
  const env = { ...followMaster, ...command.env };
  const signal = AbortSignal.any([giveUp.signal, ...(command.signal === undefined ? [] : [command.signal])]);
  try {
    return await engine.exec(container, { ...command, argv, env, signal }, streams);
  } catch (error) {
    if (error instanceof OutputClosedError) await endAfterBrokenPipe(send);
    else if (command.signal?.aborted) await deliver(send, 'KILL', { timeoutMs: killTimeoutMs });
    throw error;
  } finally {
    stop();
  }
}

/**
 * Engines before API 1.42 set the size of a terminal only after the command has started, and the command can ask for it
 * earlier. So the size is also set in the slice, before the command starts.
 */
function sized({ argv, tty = false, size }: Pick<ExecCommand, 'argv' | 'tty' | 'size'>): readonly string[] {
  if (!tty || size === undefined) return argv;
  return ['sh', '-c', 'stty rows "$0" cols "$1"; shift; exec "$@"', `${size.rows}`, `${size.columns}`, ...argv];
}

function interrupted({ argv }: Pick<ExecCommand, 'argv'>, signal: Signal): InterruptedError {
  return new InterruptedError(signal, `interrupted; ${argv[0] ?? 'the command'} did not end and was killed`);
}

/**
 * Sends a signal, named without `SIG`, to the process group of a command in a slice; `0` only checks that it exists.
 *
 * @returns whether the process group exists
 */
type SendSignal = (name: string) => Promise<boolean>;

/** @param id the id that `exec-on-node` started the command with */
function signalSender(engine: Engine, container: string, id: string): SendSignal {
  const discard = () =>
    new Writable({
      write: (_chunk, _encoding, done) => {
        done();
      },
    });
  return async (name) => {
    const command = { argv: [slicePaths.signalExec, id, name] };
    return (await engine.exec(container, command, { stdout: discard(), stderr: discard() })) === 0;
  };
}

const signalsToKill = 3;
const killTimeoutMs = 2000;

/**
 * Forwards each signal.  The third one kills the command and calls `giveUp`.
 *
 * @returns a function that stops forwarding
 */
function forwardSignals(signals: Signals, send: SendSignal, giveUp: (signal: Signal) => void): () => void {
  const stopped = new AbortController();
  let count = 0;
  const stopListening = signals.on((signal) => {
    count += 1;
    if (count < signalsToKill) {
      void deliver(send, signal.slice('SIG'.length), { timeoutMs: Infinity, signal: stopped.signal });
    } else if (count === signalsToKill) {
      const killed = send('KILL').catch(() => false);
      void withTimeout(killed, killTimeoutMs).then(() => {
        giveUp(signal);
      });
    } else giveUp(signal);
  });
  return () => {
    stopListening();
    stopped.abort();
  };
}

interface Delivery {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Retries until the process group exists: a signal can arrive before the command has started. */
async function deliver(send: SendSignal, name: string, { timeoutMs, signal }: Delivery): Promise<void> {
  try {
    await waitUntil(async () => (await send(name)) || undefined, { timeoutMs, intervalMs: 100, signal });
  } catch {
    // Either the slice is gone, which the exec of the command itself reports, or forwarding has stopped.
  }
}

/**
 * Ends a command when the reader of its output is gone.
 *
 * The command writes to a pipe of the engine, which stays open, so a signal has to end it.  Python, and therefore
 * Ganeti's commands, ignore SIGPIPE and rely on the failing write, which does not happen here; these get SIGTERM.
 */
async function endAfterBrokenPipe(send: SendSignal): Promise<void> {
  try {
    await send('PIPE');
    const hasEnded = async () => !(await send('0')) || undefined;
    const ended = await waitUntil(hasEnded, { timeoutMs: 1000, intervalMs: 50 });
    if (!ended) await send('TERM');
  } catch {
    // The slice or the engine is gone, and so is the command.
  }
}

export interface Captured {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

type OutputStreams = Pick<ExecStreams, 'stdout' | 'stderr'>;

/** Runs a command in a running container and returns its output, which must fit into memory. */
export function capture(engine: Engine, container: string, argv: readonly string[]): Promise<Captured> {
  return collect((streams) => engine.exec(container, { argv }, streams));
}

/** Collects what `run` writes to the streams that it gets. */
export async function collect(run: (streams: OutputStreams) => Promise<number>): Promise<Captured> {
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  const texts = Promise.all([text(streams.stdout), text(streams.stderr)]);
  const status = await run(streams).finally(() => {
    streams.stdout.end();
    streams.stderr.end();
  });
  const [stdout, stderr] = await texts;
  return { status, stdout, stderr };
}
