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

/** Reads all output, and waits for the end. Call it at once, because output is not buffered. */
export async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const closed = once(child, 'close') as Promise<[number | null]>;
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { status, stdout, stderr };
}

/** Resolves when the program next prints the word. */
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
