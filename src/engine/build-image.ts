import { BuildFailedError } from '../errors.ts';
import { type Connection, request } from './connection.ts';
import { hintFor } from './engine-error.ts';
import type { BuildRequest, OnLine } from './engine.ts';
import { readProgress } from './progress.ts';

const keptLines = 20;
const maxCommandLength = 100;

/**
 * Builds with the classic builder.  Every engine offers it through the API, whatever `docker build` uses.  BuildKit
 * would need `version=2` and a session.
 */
export async function buildImage(connection: Connection, build: BuildRequest, onLine: OnLine): Promise<void> {
  const { tag, context, signal } = build;
  const output: string[] = [];
  const keep = (line: string) => {
    if (!isBuilderMessage(line)) output.push(line);
    if (output.length > keptLines) output.shift();
    onLine(line);
  };
  try {
    await request(connection, `build image ${tag}`, async () => {
      const progress = await connection.docker.buildImage(context, toOptions(build));
      const failure = await readProgress(progress, keep);
      if (failure !== undefined) throw toError(tag, failure, output);
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

function toError(tag: string, failure: string, output: readonly string[]): BuildFailedError {
  const known = [failure, ...output].map(hintFor).find((hint) => hint !== undefined);
  const hint = known ?? 'Use --verbose to see the whole output of the build.';
  return new BuildFailedError(`cannot build image ${tag}: ${shortenFailure(failure)}`, { output, hint });
}

function toOptions({ tag, buildArgs, labels, signal }: BuildRequest) {
  return {
    t: tag,
    version: '1' as const,
    buildargs: { ...buildArgs },
    labels: { ...labels },
    // Otherwise, a failed step leaves its container behind.
    forcerm: true,
    ...(signal !== undefined && { abortSignal: signal }),
  };
}

/** Whether a line is from the builder itself, not from a program that it runs. */
export function isBuilderMessage(line: string): boolean {
  return /^(Step \d+\/\d+ : | *---> |Removing intermediate container )/.test(line);
}

/** The engine's message for a failed step repeats its whole command, which can be a page long. */
export function shortenFailure(failure: string): string {
  return failure.replace(/(?<=^The command ').*(?=' returned)/s, (command) => {
    const line = command.replaceAll(/\s+/g, ' ');
    return line.length > maxCommandLength ? `${line.slice(0, maxCommandLength)} ...` : line;
  });
}
