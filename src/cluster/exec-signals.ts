import { PassThrough, Transform, Writable } from 'node:stream';
import type { Engine, ExecStreams } from '../engine/engine.ts';
import { slicePaths } from '../plan/slice-paths.ts';
import { waitUntil, withTimeout } from '../wait.ts';
import type { Signal, Signals } from './signals.ts';

/**
 * Sends a signal, named without `SIG`, to the process group of a command in a slice; `0` only checks that it exists.
 *
 * @returns whether the process group exists
 */
type SendSignal = (name: string) => Promise<boolean>;

/** @param id the id that `exec-on-node` started the command with */
export function signalSender(engine: Engine, container: string, id: string): SendSignal {
  return async (name) => (await engine.exec(container, { argv: [slicePaths.signalExec, id, name] }, discard())) === 0;
}

function discard() {
  const nothing = () =>
    new Writable({
      write: (_chunk, _encoding, done) => {
        done();
      },
    });
  return { stdout: nothing(), stderr: nothing() };
}

const signalsToKill = 3;
const killTimeoutMs = 2000;

interface Outcomes {
  /** The third signal killed the command, if the slice could do it in time. */
  readonly onKilled: (signal: Signal) => void;
  /** The slice cannot pass the signal on to the command. */
  readonly onUndelivered: (signal: Signal) => void;
}

/**
 * Forwards each signal.  The third one kills the command.
 *
 * @returns a function that stops forwarding
 */
export function forwardSignals(signals: Signals, send: SendSignal, { onKilled, onUndelivered }: Outcomes): () => void {
  const stopped = new AbortController();
  let count = 0;
  const stopListening = signals.on((signal) => {
    count += 1;
    if (count < signalsToKill) {
      deliver(send, signal.slice('SIG'.length), Infinity, stopped.signal).catch(() => {
        if (!stopped.signal.aborted) onUndelivered(signal);
      });
    } else if (count === signalsToKill) {
      const killed = send('KILL').catch(() => false);
      void withTimeout(killed, killTimeoutMs).then(() => {
        onKilled(signal);
      });
    } else onKilled(signal);
  });
  return () => {
    stopListening();
    stopped.abort();
  };
}

/** Retries until the process group exists: a signal can arrive before the command has started. */
async function deliver(send: SendSignal, name: string, timeoutMs: number, signal?: AbortSignal): Promise<void> {
  await waitUntil(async () => (await send(name)) || undefined, { timeoutMs, intervalMs: 100, signal });
}

/** Kills a command, if it is still running and the slice can do it in time. */
export async function kill(send: SendSignal): Promise<void> {
  await deliver(send, 'KILL', killTimeoutMs).catch(() => undefined);
}

/**
 * Ends a command when the reader of its output is gone.
 *
 * The command writes to a pipe of the engine, which stays open, so a signal has to end it.  Python, and therefore
 * Ganeti's commands, ignore SIGPIPE and rely on the failing write, which does not happen here; these get SIGTERM.
 */
export async function endAfterBrokenPipe(send: SendSignal): Promise<void> {
  try {
    await send('PIPE');
    const hasEnded = async () => !(await send('0')) || undefined;
    const ended = await waitUntil(hasEnded, { timeoutMs: 1000, intervalMs: 50 });
    if (!ended) await send('TERM');
  } catch {
    // The slice or the engine is gone, and so is the command.
  }
}

/**
 * Calls `typed` at each Ctrl-C on the command's terminal, where it is only a key for the command.
 *
 * @returns the streams to use instead, and a function that stops it
 */
export function watchInterruptKey(streams: ExecStreams, tty: boolean, typed: () => void) {
  const { stdin } = streams;
  const keys = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      if (chunk.includes('\x03')) typed();
      done(null, chunk);
    },
  });
  if (!tty || stdin === undefined) return { watched: streams, stop: () => undefined };
  return { watched: { ...streams, stdin: stdin.pipe(keys) }, stop: () => stdin.unpipe(keys).pause() };
}

/** Most commands end earlier, and need no lifeline. */
export const lifelineDelayMs = 1000;

/**
 * Lets the slice kill a command when this process is killed or loses its connection, which the command does not
 * notice: an open stdin of `signal-exec` ends with the connection.
 *
 * @returns a function that removes the lifeline when the command has ended, or uses it
 */
export function startLifeline(engine: Engine, container: string, id: string): (ended: boolean) => void {
  const stdin = new PassThrough();
  const cut = new AbortController();
  const timer = setTimeout(() => {
    const command = { argv: [slicePaths.signalExec, id, 'KILL', 'at-eof'], signal: cut.signal };
    engine.exec(container, command, { stdin, ...discard() }).catch(() => undefined);
  }, lifelineDelayMs);
  return (ended) => {
    clearTimeout(timer);
    if (ended) stdin.end('\n');
    else cut.abort();
  };
}
