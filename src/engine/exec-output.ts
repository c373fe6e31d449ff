import type { Duplex } from 'node:stream';
import { OutputClosedError, ResourceError } from '../errors.ts';
import type { ExecStreams } from './engine.ts';
import { frames } from './frames.ts';

/**
 * Copies a command's output to the end, each piece only when the one before it is written: so memory stays the same
 * however much there is and however slowly it is read.
 */
export async function copyOutput(wire: Duplex, tty: boolean, streams: ExecStreams): Promise<void> {
  const { stdout, stderr } = streams;
  const release = [quiet(stdout), quiet(stderr)];
  // A terminal has but one stream, which the engine sends as it is.
  if (tty) for await (const chunk of wire as AsyncIterable<Buffer>) await write(stdout, chunk);
  else for await (const { stream, chunk } of frames(wire)) await write(streams[stream], chunk);
  for (const each of release) each();
}

/** @throws {OutputClosedError} when the other end is closed */
function write(target: NodeJS.WritableStream, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    target.write(chunk, (error) => {
      if (error) reject(toWriteError(error));
      else resolve();
    });
  });
}

const closed = new Set(['EPIPE', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END']);

function toWriteError(cause: Error & { readonly code?: string }): Error {
  if (closed.has(cause.code ?? '')) return new OutputClosedError('nobody reads the output any more', { cause });
  return new ResourceError(`cannot write the output: ${cause.message}`, { cause });
}

/**
 * A write that fails is told twice: to its callback, and as an event, which ends the process when nobody listens.
 * Returns how to stop listening; not for use after a failure, for the event comes last.
 */
function quiet(target: NodeJS.WritableStream): () => void {
  const listener = () => undefined;
  target.on('error', listener);
  return () => {
    target.off('error', listener);
  };
}
