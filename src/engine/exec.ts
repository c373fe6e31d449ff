import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Exec as Session } from 'dockerode';
import { outputError } from '../errors.ts';
import { type Connection, request } from './connection.ts';
import type { Exec, ExecCommand, ExecStreams, TerminalSize } from './engine.ts';
import { type Frame, frames } from './frames.ts';

export function execCommands(connection: Connection): Exec {
  return { exec: (container, command, streams) => exec(connection, container, command, streams) };
}

async function exec(
  connection: Connection,
  container: string,
  command: ExecCommand,
  streams: ExecStreams,
): Promise<number> {
  const { signal } = command;
  try {
    return await request(connection, `run ${command.argv.join(' ')} in container ${container}`, async () => {
      signal?.throwIfAborted();
      const session = await connection.docker.getContainer(container).exec(toOptions(command, streams));
      await attach(session, command, streams);
      return await waitForExitStatus(session, signal);
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

function toOptions({ argv, env = {}, cwd, tty = false, size }: ExecCommand, { stdin }: ExecStreams) {
  return {
    Cmd: [...argv],
    Env: Object.entries(env).map(([key, value]) => `${key}=${value}`),
    Tty: tty,
    AttachStdin: stdin !== undefined,
    AttachStdout: true,
    AttachStderr: true,
    // The default, Ctrl-P Ctrl-Q, makes the engine hold back each Ctrl-P.  Detach keys cannot be disabled.
    DetachKeys: 'ctrl-@,ctrl-@,ctrl-@',
    ...(cwd !== undefined && { WorkingDir: cwd }),
    ...consoleSize(size),
  };
}

/** From API 1.42 on, the terminal has its size from the start.  Older engines ignore this. */
function consoleSize(size: ExecCommand['size']): { ConsoleSize?: [number, number] } {
  return size === undefined ? {} : { ConsoleSize: [size.rows, size.columns] };
}

async function attach(session: Session, command: ExecCommand, streams: ExecStreams): Promise<void> {
  const { tty = false, size, signal } = command;
  const hasStdin = streams.stdin !== undefined;
  const wire = await session.start({ hijack: true, stdin: hasStdin, Tty: tty, ...consoleSize(size) });
  const abort = () => wire.destroy();
  signal?.addEventListener('abort', abort);
  const stopStdin = sendStdin(streams.stdin, wire);
  const stopResizing = tty ? followSize(session, size, streams.onResize) : () => undefined;
  try {
    await copyOutput(wire, tty, streams);
  } catch (error) {
    if (!isHangUp(error, hasStdin)) throw error;
  } finally {
    stopResizing();
    stopStdin();
    signal?.removeEventListener('abort', abort);
    // An error can still arrive, and an 'error' event without a listener ends the process.
    wire.on('error', () => undefined);
    wire.destroy();
  }
}

/**
 * A command can end without reading all of its stdin.  Then the engine closes the connection while we still write, and
 * the write fails.  That is not an error: the exit status tells how the command ended.
 */
function isHangUp(error: unknown, hasStdin: boolean): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return hasStdin && (code === 'EPIPE' || code === 'ECONNRESET');
}

/** Sends all of `stdin`, then its end, to the command.  Returns a function that stops it. */
function sendStdin(stdin: NodeJS.ReadableStream | undefined, wire: Duplex): () => void {
  if (stdin === undefined) return () => undefined;
  const fail = (error: Error) => {
    wire.destroy(error);
  };
  stdin.on('error', fail);
  stdin.pipe(wire);
  return () => {
    stdin.off('error', fail);
    stdin.unpipe(wire);
    // Reading from a terminal would keep the process alive.
    stdin.pause();
  };
}

/**
 * Copies a command's output to its end.  Writes each chunk only after the previous one has been written, so memory use
 * does not depend on the amount of output or the speed of its reader.
 */
async function copyOutput(wire: Duplex, tty: boolean, streams: ExecStreams): Promise<void> {
  const release = [ignoreErrors(streams.stdout), ignoreErrors(streams.stderr)];
  // With a terminal, the engine sends one raw stream.
  if (tty) for await (const chunk of wire as AsyncIterable<Buffer>) await write(streams, 'stdout', chunk);
  else for await (const { stream, chunk } of frames(wire)) await write(streams, stream, chunk);
  for (const each of release) each();
}

/** @throws {OutputError} if the reader has closed the stream, or stdout cannot be written */
function write(streams: ExecStreams, name: Frame['stream'], chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    streams[name].write(chunk, (cause) => {
      const error = cause ? outputError(cause, name) : undefined;
      if (error === undefined) resolve();
      else reject(error);
    });
  });
}

/**
 * A failed write calls its callback and also emits 'error', which ends the process if it has no listener.  Returns a
 * function that removes the listener; do not call it after a failure, because the event comes last.
 */
function ignoreErrors(target: NodeJS.WritableStream): () => void {
  const listener = () => undefined;
  target.on('error', listener);
  return () => {
    target.off('error', listener);
  };
}

/** Applies our terminal's size to the command's terminal, now and on each change.  Returns a function that stops it. */
function followSize(session: Session, size: TerminalSize | undefined, onResize: ExecStreams['onResize']): () => void {
  if (size !== undefined) void resize(session, size);
  return onResize?.((changed) => void resize(session, changed)) ?? (() => undefined);
}

/** Retries, because the engine refuses until the command has started.  A wrong size is not worth an error. */
async function resize(session: Session, { rows, columns }: TerminalSize): Promise<void> {
  for (let attempt = 1; attempt <= 10; attempt++) {
    try {
      await session.resize({ h: rows, w: columns });
      return;
    } catch {
      await delay(10 * attempt);
    }
  }
}

const minIntervalMs = 10;
const maxIntervalMs = 500;

/**
 * The command ends after its output does: usually a moment later, or much later if it closes stdout and stderr itself.
 * The engine has no request that waits for it.
 */
async function waitForExitStatus(session: Session, signal: AbortSignal | undefined): Promise<number> {
  for (let intervalMs = minIntervalMs; ; intervalMs = Math.min(2 * intervalMs, maxIntervalMs)) {
    const { Running, ExitCode } = await session.inspect();
    if (!Running && ExitCode !== null) return ExitCode;
    await delay(intervalMs, undefined, { signal });
  }
}
