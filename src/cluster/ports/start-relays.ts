import type { Engine } from '../../engine/engine.ts';
import { startSlice } from '../up/start.ts';
import { findRelays } from './relays.ts';

/**
 * Starts the relays of a cluster that do not run, as after a restart of an engine whose restart policy leaves them.
 *
 * @returns how many those were
 * @throws {PortTakenError} when somebody else has taken a port meanwhile
 */
export async function startRelays(engine: Engine, cluster: string): Promise<number> {
  const stopped = (await findRelays(engine, cluster)).filter(({ state }) => state !== 'running');
  for (const { id, ports } of stopped) {
    const port = ports[0]?.hostPort ?? 0;
    await startSlice(engine, id, `end what uses it, or take it back: vcluster-box -c ${cluster} port rm ${port}`);
  }
  return stopped.length;
}
