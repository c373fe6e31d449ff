import { Writable } from 'node:stream';
import type { Engine, ExecCommand, ExecStreams } from '../engine/engine.ts';
import { EngineError, InterruptedError, OutputError, SliceError } from '../errors.ts';
import { slicePaths } from '../plan/slice-paths.ts';
import {
  endAfterBrokenPipe,
  forwardSignals,
  kill,
  lifelineDelayMs,
  signalSender,
  startLifeline,
  watchInterruptKey,
} from './exec-signals.ts';
import type { Signal, Signals } from './signals.ts';
import { type ChangeOf, watchSlice } from './availability.ts';

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

type Target = Pick<ExecTarget, 'container' | 'directory' | 'cluster'>;

/** Exit status of a command that was killed, as all are at the end of their container. */
const killedStatus = 137;

/**
 * Runs a command as a virtual node and forwards the signals that this process receives.
 *
 * @param command aborting its `signal` with an `OutputError` has the same effect as output that cannot be written
 * @throws the abort reason of `command.signal`, after killing the command
 * @throws {OutputError} when the output cannot be written, after ending the command
 * @throws {SliceError} when the slice was stopped, restarted or removed meanwhile
 * @throws {InterruptedError} at the third signal, after trying to kill the command; at the first if the slice is paused
 */
export async function execOnNode(
  engine: Engine,
  target: Target,
  command: ExecCommand,
  streams: ExecStreams,
  signals: Signals,
): Promise<number> {
  const giveUp = new AbortController();
  const signal = AbortSignal.any([giveUp.signal, command.signal ?? giveUp.signal]);
  signal.throwIfAborted();
  const { container, directory } = target;
  // It only tells running commands apart.  Loading `node:crypto` for it would take milliseconds.
  const id = Math.random().toString(36).slice(2);
  const send = signalSender(engine, container, id);
  const changeOf = watchSlice(engine, container, lifelineDelayMs);
  const endLifeline = startLifeline(engine, container, id);
  const outcomes = interruptions(target, command, changeOf, giveUp);
  const stop = forwardSignals(signals, send, outcomes);
  const keys = watchInterruptKey(streams, command.tty === true, () => void outcomes.onUndelivered('SIGINT'));
  const argv = [slicePaths.execOnNode, id, directory, ...sized(command)];
  const env = { ...followMaster, ...command.env };
  try {
    const status = await engine.exec(container, { ...command, argv, env, signal }, keys.watched);
    if (status === killedStatus) refuseChange(target, command, await changeOf(1000));
    return status;
  } catch (error) {
    if (error instanceof EngineError) refuseChange(target, command, await changeOf());
    if (error instanceof OutputError) await endAfterBrokenPipe(send);
    else if (command.signal?.aborted) await kill(send);
    throw error;
  } finally {
    stop();
    keys.stop();
    endLifeline(!signal.aborted);
  }
}

/** @throws {SliceError} when the command ended because something happened to its slice */
function refuseChange({ cluster }: Target, command: ExecCommand, change: string | undefined): void {
  if (change !== undefined) throw new SliceError(`cluster ${cluster} was ${change}; ${nameOf(command)} ended with it`);
}

function interruptions({ cluster }: Target, command: ExecCommand, changeOf: ChangeOf, giveUp: AbortController) {
  const abort = (signal: Signal, why: string) => {
    giveUp.abort(new InterruptedError(signal, `interrupted; ${why}`));
  };
  return {
    onKilled: (signal: Signal) => {
      abort(signal, `${nameOf(command)} did not end and was killed`);
    },
    onUndelivered: async (signal: Signal) => {
      if ((await changeOf()) !== 'paused') return;
      abort(signal, `cluster ${cluster} is paused, and ${nameOf(command)} ends when it is resumed`);
    },
  };
}

function nameOf({ argv: [name = 'the command'] }: Pick<ExecCommand, 'argv'>): string {
  return name;
}

/**
 * Engines before API 1.42 set the size of a terminal only after the command has started, and the command can ask for it
 * earlier. So the size is also set in the slice, before the command starts.
 */
function sized({ argv, tty = false, size }: Pick<ExecCommand, 'argv' | 'tty' | 'size'>): readonly string[] {
  if (!tty || size === undefined) return argv;
  return ['sh', '-c', 'stty rows "$0" cols "$1"; shift; exec "$@"', `${size.rows}`, `${size.columns}`, ...argv];
}

export interface Captured {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

type OutputStreams = Pick<ExecStreams, 'stdout' | 'stderr'>;

/** More than any command of ours writes. */
const maxOutputBytes = 64 * 1024 * 1024;

interface CaptureOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Runs a command in a running container and returns its output.
 *
 * @throws {SliceError} when the command writes more than 64 MiB, or does not end in time.  It continues then.
 */
export async function capture(
  engine: Engine,
  container: string,
  argv: readonly string[],
  { timeoutMs, signal }: CaptureOptions = {},
): Promise<Captured> {
  const stop = new AbortController();
  const end = (problem: string) => {
    stop.abort(new SliceError(`\`${argv.join(' ')}\` in container ${container} ${problem}`));
  };
  const expire = () => {
    end(`did not end within ${(timeoutMs ?? 0) / 1000} s`);
  };
  const timer = timeoutMs === undefined ? undefined : setTimeout(expire, timeoutMs);
  const limit = {
    maxBytes: maxOutputBytes,
    onExcess: () => {
      end('writes too much');
    },
  };
  const either = AbortSignal.any([stop.signal, signal ?? stop.signal]);
  return collect((streams) => engine.exec(container, { argv, signal: either }, streams), limit).finally(() => {
    clearTimeout(timer);
  });
}

/** Collects what `run` writes to the streams that it gets. */
export async function collect(run: (streams: OutputStreams) => Promise<number>, limit?: Limit): Promise<Captured> {
  const streams = { stdout: keeper(limit), stderr: keeper(limit) };
  const status = await run(streams);
  return { status, stdout: streams.stdout.text(), stderr: streams.stderr.text() };
}

interface Limit {
  readonly maxBytes: number;
  /** called when there is more; the rest is dropped */
  readonly onExcess: () => void;
}

/** A stream that keeps what is written to it. */
function keeper({ maxBytes, onExcess }: Limit = { maxBytes: Infinity, onExcess: () => undefined }) {
  const parts: Buffer[] = [];
  let size = 0;
  const stream = new Writable({
    write: (part: Buffer, _encoding, done) => {
      size += part.length;
      if (size <= maxBytes) parts.push(part);
      else onExcess();
      done();
    },
  });
  return Object.assign(stream, { text: () => Buffer.concat(parts).toString() });
}
