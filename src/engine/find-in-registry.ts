import { EngineError } from '../errors.ts';
import { type Connection, request } from './connection.ts';

const patienceMs = 10_000;

export async function findInRegistry(connection: Connection, image: string): Promise<void> {
  const abortSignal = AbortSignal.timeout(patienceMs);
  const doing = `find ${image} in a registry`;
  try {
    await request(connection, doing, () => connection.docker.getImage(image).distribution({ abortSignal }));
  } catch (error) {
    if (!abortSignal.aborted) throw error;
    throw new EngineError(`cannot ${doing}: it did not answer within ${patienceMs / 1000} seconds`, { cause: error });
  }
}
