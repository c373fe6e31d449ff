import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Engine, ExecCommand } from '../../src/engine/engine.ts';

export interface Captured {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in a container to its end. */
export async function capture(
  engine: Engine,
  container: string,
  { stdin, ...command }: ExecCommand & { readonly stdin?: string },
): Promise<Captured> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const outputs = Promise.all([text(stdout), text(stderr)]);
  const streams = { stdout, stderr, ...(stdin !== undefined && { stdin: Readable.from([Buffer.from(stdin)]) }) };
  const status = await engine.exec(container, command, streams);
  stdout.end();
  stderr.end();
  const [out, err] = await outputs;
  return { status, stdout: out, stderr: err };
}
