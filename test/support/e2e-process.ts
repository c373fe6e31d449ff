import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { inject } from 'vitest';
import { cliEnvironment } from './cli.ts';

/** Starts the packed and installed program, for tests that act while it runs. */
export function startVcluster(args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn(inject('cli'), args, { env: cliEnvironment() });
}

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Reads all that it prints, and waits for its end.  To be called at once, for output is not kept. */
export async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const closed = once(child, 'close') as Promise<[number | null]>;
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { status, stdout, stderr };
}

/** Resolves when it prints the word, from now on. */
export function untilPrinted(child: ChildProcessWithoutNullStreams, word: string): Promise<void> {
  let printed = '';
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.includes(word)) resolve();
    });
    child.on('close', () => {
      reject(new Error(`it ended without printing ${word}, but: ${printed}`));
    });
  });
}
