import { randomBytes } from 'node:crypto';
import type { Engine, ExecCommand, ExecStreams } from '../engine/engine.ts';
import { InterruptedError, OutputClosedError } from '../errors.ts';
import { slicePaths } from '../plan/slice-paths.ts';
import { endAfterBrokenPipe } from './exec-broken-pipe.ts';
import { forwardSignals, killSurely, signaller } from './exec-signals.ts';
import type { ExecTarget } from './exec-target.ts';
import type { Signal, Signals } from './signals.ts';

/**
 * Lets `gnt-*` programs work on every node: those that are not the master ask it, where Ganeti's own refuse.  The slice's
 * `vcluster_node/follow_master.py` does it; `-e VCLUSTER_BOX_FOLLOW_MASTER=0` leaves Ganeti as it is.
 */
export const followMaster = { VCLUSTER_BOX_FOLLOW_MASTER: '1' } as const;

type Target = Pick<ExecTarget, 'container' | 'directory'>;

/**
 * Runs a command as a virtual node, and hands on to it the signals that we are sent.
 *
 * @returns its exit status; 141, as if by SIGPIPE, when nobody reads its output any more (then it is ended)
 * @throws the reason of the command's `signal`, when that aborts; then it is killed
 * @throws {InterruptedError} when it did not end after the third signal; it has been killed then, if that could be done
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
 * The same for callers that want to know that nobody reads the output.
 *
 * @param command when its `signal` aborts with an `OutputClosedError`, that is as if it was seen here
 * @throws {OutputClosedError} then, when the command has been ended
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
  const send = signaller(engine, container, id);
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
    else if (command.signal?.aborted) await killSurely(send);
    throw error;
  } finally {
    stop();
  }
}

/**
 * Engines before API 1.42 can set a terminal's size only once the command runs, which may have asked for it by then.  So
 * it is set inside as well, before the command begins.
 */
function sized({ argv, tty = false, size }: Pick<ExecCommand, 'argv' | 'tty' | 'size'>): readonly string[] {
  if (!tty || size === undefined) return argv;
  return ['sh', '-c', 'stty rows "$0" cols "$1"; shift; exec "$@"', `${size.rows}`, `${size.columns}`, ...argv];
}

function interrupted({ argv }: Pick<ExecCommand, 'argv'>, signal: Signal): InterruptedError {
  return new InterruptedError(signal, `interrupted; ${argv[0] ?? 'the command'} did not end, and was killed`);
}
