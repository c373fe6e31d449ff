import { Readable } from 'node:stream';
import { EngineError } from '../errors.ts';
import { breakWithSource } from './break-with-source.ts';
import { type Connection, hintFor, request, toEngineError } from './connection.ts';
import { readProgress } from './progress.ts';

/** What dockerode gives is a response; its types tell only half of it. */
type Answer = AsyncIterable<Buffer> & { readonly destroy: () => void };

export async function saveImage(connection: Connection, image: string, signal: AbortSignal): Promise<Readable> {
  const doing = `save image ${image}`;
  signal.throwIfAborted();
  const answer = await request(connection, doing, () => connection.docker.getImage(image).get());
  return Readable.from(whole(answer as unknown as Answer), { objectMode: false });

  /** A connection that breaks must not pass for the end. */
  async function* whole(response: Answer): AsyncGenerator<Buffer> {
    // This request takes no signal.
    const end = () => {
      response.destroy();
    };
    signal.addEventListener('abort', end, { once: true });
    try {
      if (signal.aborted) end();
      yield* response;
      signal.throwIfAborted();
    } catch (error) {
      signal.throwIfAborted();
      throw toEngineError(error, connection.endpoint, doing);
    } finally {
      signal.removeEventListener('abort', end);
      end();
    }
  }
}

export async function loadImage(connection: Connection, tar: Readable, signal: AbortSignal): Promise<void> {
  const doing = 'load an image';
  await breakWithSource(tar, signal, (abortSignal) =>
    request(connection, doing, async () => {
      const failure = await readProgress(await connection.docker.loadImage(tar, { abortSignal }), () => undefined);
      if (failure !== undefined) throw new EngineError(`cannot ${doing}: ${failure}`, { hint: hintFor(failure) });
    }),
  );
}
