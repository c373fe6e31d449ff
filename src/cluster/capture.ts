import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Engine } from '../engine/engine.ts';

export interface Captured {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in a running container, for its output, which must be small. */
export async function capture(engine: Engine, container: string, argv: readonly string[]): Promise<Captured> {
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  const texts = Promise.all([text(streams.stdout), text(streams.stderr)]);
  const status = await engine.exec(container, { argv }, streams).finally(() => {
    streams.stdout.end();
    streams.stderr.end();
  });
  const [stdout, stderr] = await texts;
  return { status, stdout, stderr };
}
