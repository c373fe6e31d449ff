import { BuildFailedError } from '../errors.ts';
import { type Connection, hintFor, request } from './connection.ts';
import { isChatter, shortenFailure } from './build-output.ts';
import type { BuildRequest, OnLine } from './engine.ts';
import { readProgress } from './progress.ts';

const keptLines = 20;

/**
 * Builds with the classic builder, which every engine has behind its API, whatever `docker build` uses: BuildKit needs
 * `version=2` and a session.
 */
export async function buildImage(connection: Connection, build: BuildRequest, onLine: OnLine): Promise<void> {
  const { tag, context, signal } = build;
  const output: string[] = [];
  const keep = (line: string) => {
    if (!isChatter(line)) output.push(line);
    if (output.length > keptLines) output.shift();
    onLine(line);
  };
  try {
    await request(connection, `build image ${tag}`, async () => {
      const account = await connection.docker.buildImage(context, toOptions(build));
      const failure = await readProgress(account, keep);
      if (failure !== undefined) throw failed(tag, failure, output);
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

function failed(tag: string, failure: string, output: readonly string[]): BuildFailedError {
  const full = [failure, ...output].map(hintFor).find((hint) => hint !== undefined);
  const hint = full ?? 'to see all that the build prints: --verbose';
  return new BuildFailedError(`cannot build image ${tag}: ${shortenFailure(failure)}`, { output, hint });
}

function toOptions({ tag, buildArgs, labels, signal }: BuildRequest) {
  return {
    t: tag,
    version: '1' as const,
    buildargs: { ...buildArgs },
    labels: { ...labels },
    // Otherwise a step that fails leaves its container behind.
    forcerm: true,
    ...(signal !== undefined && { abortSignal: signal }),
  };
}
