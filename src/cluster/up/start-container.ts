import type { Engine } from '../../engine/engine.ts';
import { PortTakenError } from '../../errors.ts';

/**
 * Starts a container.
 *
 * @param portHint what to do when its port is in use
 * @throws {PortTakenError} with that hint
 */
export async function startContainer(engine: Engine, container: string, portHint: string): Promise<void> {
  try {
    await engine.startContainer(container);
  } catch (error) {
    if (!(error instanceof PortTakenError)) throw error;
    throw new PortTakenError(error.message, { hint: portHint, cause: error.cause });
  }
}
