import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Engine, ExecStreams } from '../engine/engine.ts';

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
