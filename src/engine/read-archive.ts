import { Readable } from 'node:stream';
import { type Connection, request, toEngineError } from './connection.ts';

/** What dockerode gives is a response; its types tell only half of it. */
type Answer = AsyncIterable<Buffer> & { readonly destroy: () => void };

export async function readArchive(
  connection: Connection,
  container: string,
  path: string,
  signal: AbortSignal,
): Promise<Readable> {
  const doing = `read ${path} in container ${container}`;
  try {
    signal.throwIfAborted();
    const handle = connection.docker.getContainer(container);
    const answer = await request(connection, doing, () => handle.getArchive({ path, abortSignal: signal }));
    return Readable.from(whole(answer as unknown as Answer), { objectMode: false });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }

  /** A connection that breaks must not pass for the end. */
  async function* whole(answer: Answer): AsyncGenerator<Buffer> {
    try {
      yield* answer;
    } catch (error) {
      signal.throwIfAborted();
      throw toEngineError(error, connection.endpoint, doing);
    } finally {
      answer.destroy();
    }
  }
}
