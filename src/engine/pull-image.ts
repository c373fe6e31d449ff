import { EngineError } from '../errors.ts';
import { type Connection, request } from './connection.ts';
import type { OnLine } from './engine.ts';
import { readProgress } from './progress.ts';

export async function pullImage(
  connection: Connection,
  image: string,
  onLine: OnLine,
  signal?: AbortSignal,
): Promise<void> {
  const doing = `pull image ${image}`;
  try {
    await request(connection, doing, async () => {
      const options = signal === undefined ? {} : { abortSignal: signal };
      const failure = await readProgress(await connection.docker.pull(image, options), onLine);
      if (failure !== undefined) throw new EngineError(`cannot ${doing}: ${failure}`);
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
