import type { ContainerLogsOptions } from 'dockerode';
import { type Connection, request, toEngineError } from './connection.ts';
import type { FollowOptions, LogLine } from './engine.ts';
import { type Frame, frames } from './frames.ts';
import { lineSplitter } from './lines.ts';

export async function* followLogs(
  connection: Connection,
  container: string,
  options: FollowOptions,
): AsyncGenerator<LogLine> {
  const doing = `read the log of container ${container}`;
  try {
    const wire = await request(connection, doing, () => open(connection, container, options));
    yield* toLines(frames(wire));
  } catch (error) {
    if (options.signal?.aborted === true) return;
    throw toEngineError(error, connection.endpoint, doing);
  }
}

async function open({ docker }: Connection, container: string, options: FollowOptions): Promise<AsyncIterable<Buffer>> {
  const { follow, since, tail, signal } = options;
  const query: ContainerLogsOptions & { follow: true } = {
    stdout: true,
    stderr: true,
    // Only with `true` does dockerode give a stream; the engine reads what stands in the query.
    follow: follow as true,
    ...(since !== undefined && { since }),
    ...(tail !== undefined && { tail }),
    ...(signal !== undefined && { abortSignal: signal }),
  };
  const log: unknown = await docker.getContainer(container).logs(query);
  // Without `follow` it is all there at once.
  return Buffer.isBuffer(log) ? only(log) : (log as AsyncIterable<Buffer>);
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

// eslint-disable-next-line @typescript-eslint/require-await -- a stream of one chunk
async function* only(log: Buffer): AsyncGenerator<Buffer> {
  yield log;
}
