import { Readable } from 'node:stream';
import type { ContainerLogsOptions } from 'dockerode';
import { type Connection, request } from './connection.ts';
import { toEngineError } from './engine-error.ts';
import type { LogLine, LogOptions, Logs } from './engine.ts';
import { type Frame, frames } from './frames.ts';
import { lineSplitter } from './lines.ts';

export function logs(connection: Connection): Logs {
  return { followLogs: (container, options) => followLogs(connection, container, options) };
}

async function* followLogs(connection: Connection, container: string, options: LogOptions): AsyncGenerator<LogLine> {
  const doing = `read the log of container ${container}`;
  try {
    const wire = await request(connection, doing, () => open(connection, container, options));
    yield* toLines(frames(wire));
  } catch (error) {
    if (options.signal?.aborted === true) return;
    throw toEngineError(error, connection.endpoint, doing);
  }
}

async function open({ docker }: Connection, container: string, options: LogOptions): Promise<AsyncIterable<Buffer>> {
  const { follow, since, tail, signal } = options;
  const query: ContainerLogsOptions & { follow: true } = {
    stdout: true,
    stderr: true,
    // The type declarations promise a stream only for `true`; the engine gets the actual value.
    follow: follow as true,
    ...(since !== undefined && { since }),
    ...(tail !== undefined && { tail }),
    ...(signal !== undefined && { abortSignal: signal }),
  };
  const log: unknown = await docker.getContainer(container).logs(query);
  // Without `follow`, the result is one buffer.
  return Buffer.isBuffer(log) ? Readable.from([log]) : (log as AsyncIterable<Buffer>);
}

async function* toLines(wire: AsyncIterable<Frame>): AsyncGenerator<LogLine> {
  const splitters = { stdout: lineSplitter(), stderr: lineSplitter() };
  for await (const { stream, chunk } of wire) {
    for (const text of splitters[stream].push(chunk)) yield { stream, text };
  }
  for (const stream of ['stdout', 'stderr'] as const) {
    for (const text of splitters[stream].end()) yield { stream, text };
  }
}
