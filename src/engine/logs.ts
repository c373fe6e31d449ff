import type { ContainerLogsOptions } from 'dockerode';
import { type Connection, request } from './connection.ts';
import { lineSplitter } from '../lines.ts';
import { toEngineError } from './engine-error.ts';
import type { LogLine, LogOptions, Logs } from './engine.ts';
import { type Frame, frames } from './frames.ts';

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
  const query = { stdout: true, stderr: true, follow, since, tail };
  // dockerode returns a stream only for `follow`; the engine gets the actual value.
  const all: ContainerLogsOptions & { readonly follow: true } = {
    follow: true,
    ...(signal !== undefined && { abortSignal: signal }),
    ...{ _query: JSON.parse(JSON.stringify(query)) as object },
  };
  return docker.getContainer(container).logs(all) as Promise<unknown> as Promise<AsyncIterable<Buffer>>;
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
