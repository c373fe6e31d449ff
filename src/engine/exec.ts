import type { Duplex } from 'node:stream';
import type { Exec } from 'dockerode';
import { type Connection, request } from './connection.ts';
import type { ExecCommand, ExecStreams } from './engine.ts';
import { awaitExitStatus } from './exec-status.ts';
import { followSize } from './exec-size.ts';
import { copyOutput } from './exec-output.ts';
import { feedStdin } from './exec-stdin.ts';

export async function exec(
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
      return awaitExitStatus(session, signal);
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

async function attach(session: Exec, { tty = false, size, signal }: ExecCommand, streams: ExecStreams): Promise<void> {
  const hasStdin = streams.stdin !== undefined;
  const wire = await session.start({ hijack: true, stdin: hasStdin, Tty: tty, ...consoleSize(size) });
  const abort = () => wire.destroy();
  signal?.addEventListener('abort', abort);
  const stopFeeding = feedStdin(streams.stdin, wire);
  const stopResizing = tty ? followSize(session, size, streams.onResize) : () => undefined;
  try {
    await copyOutput(wire, tty, streams);
  } catch (error) {
    if (!isHangUp(error, hasStdin)) throw error;
  } finally {
    stopResizing();
    stopFeeding();
    signal?.removeEventListener('abort', abort);
    end(wire);
  }
}

/**
 * A command may end without reading all of its stdin.  Then the engine closes the connection while we still write, which
 * the system reports as an error, although all is well: whether the command ended is asked for next.
 */
function isHangUp(error: unknown, hasStdin: boolean): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return hasStdin && (code === 'EPIPE' || code === 'ECONNRESET');
}

function end(wire: Duplex): void {
  // An error may still be on its way, and nobody else listens now.
  wire.on('error', () => undefined);
  wire.destroy();
}

function toOptions({ argv, env = {}, cwd, tty = false, size }: ExecCommand, { stdin }: ExecStreams) {
  return {
    Cmd: [...argv],
    Env: Object.entries(env).map(([key, value]) => `${key}=${value}`),
    Tty: tty,
    AttachStdin: stdin !== undefined,
    AttachStdout: true,
    AttachStderr: true,
    // The engine detaches at Ctrl-P Ctrl-Q otherwise, and so holds back each Ctrl-P; it cannot be switched off.
    DetachKeys: 'ctrl-@,ctrl-@,ctrl-@',
    ...(cwd !== undefined && { WorkingDir: cwd }),
    ...consoleSize(size),
  };
}

/** Since API 1.42 the terminal has its size from the start; older engines pass over it. */
function consoleSize(size: ExecCommand['size']): { ConsoleSize?: [number, number] } {
  return size === undefined ? {} : { ConsoleSize: [size.rows, size.columns] };
}
