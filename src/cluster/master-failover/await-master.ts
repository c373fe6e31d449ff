import { setTimeout as delay } from 'node:timers/promises';
import type { Engine } from '../../engine/engine.ts';
import { SliceError } from '../../errors.ts';
import { findFault } from '../healthy.ts';

const patienceMs = 60_000;
const pauseMs = 300;

/**
 * Waits until a new master takes jobs, and RAPI answers at the cluster's address.
 *
 * @param container of the slice that it is in
 * @throws {SliceError} when it does not in time
 */
export async function awaitMaster(
  engine: Engine,
  container: string,
  master: string,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    signal.throwIfAborted();
    const fault = await findFault(engine, container);
    if (fault === undefined) return;
    if (performance.now() > deadline) {
      throw new SliceError(`${master} is the master now, but does not answer: ${fault}`, {
        hint: 'see how the cluster is: vcluster-box status',
      });
    }
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}
