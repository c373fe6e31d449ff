import { setTimeout as delay } from 'node:timers/promises';
import type { Engine } from '../../engine/engine.ts';
import { type Existing, findExisting } from './existing.ts';

const patienceMs = 2000;
const youngMs = 10_000;

/**
 * The cluster of that name, when nobody is just making its container.
 *
 * Between a container's making and its start, an `up` makes its network and writes its plan.  Another one that went on from
 * there at the same moment would make the network twice: engines before 25 do not notice.
 */
export async function findSettled(engine: Engine, name: string, now: Date): Promise<Existing | undefined> {
  const deadline = performance.now() + patienceMs;
  let found = await findExisting(engine, name);
  while (found !== undefined && isBeingMade(found, now) && performance.now() < deadline) {
    await delay(50);
    found = await findExisting(engine, name);
  }
  return found;
}

/** One that was left so long ago, by an `up` that was killed, is for whoever comes. */
function isBeingMade({ container }: Existing, now: Date): boolean {
  return container.state === 'created' && Math.abs(now.getTime() - container.createdAt * 1000) < youngMs;
}
