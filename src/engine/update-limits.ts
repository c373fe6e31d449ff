import { type Connection, request } from './connection.ts';
import type { Limits } from './engine.ts';

export async function updateLimits(connection: Connection, container: string, limits: Limits): Promise<void> {
  const { memory, pidsLimit } = limits;
  // The limit of memory and swap together may not be less than that of memory alone; by default it is twice as much.
  const body = {
    ...(memory !== undefined && { Memory: memory, MemorySwap: 2 * memory }),
    ...(pidsLimit !== undefined && { PidsLimit: pidsLimit }),
  };
  await request<unknown>(connection, `change the limits of container ${container}`, () =>
    connection.docker.getContainer(container).update(body),
  );
}
