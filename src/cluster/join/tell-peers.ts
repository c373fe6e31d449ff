import type { Engine } from '../../engine/engine.ts';
import type { Report } from '../../events.ts';
import { sliceNumber } from '../../plan/labels.ts';
import type { PlannedSlice } from '../../plan/plan.ts';
import type { Cluster } from '../find.ts';
import { type Order, tellSlice } from '../node/tell-slice.ts';
import { onAllHosts } from '../spread/on-host.ts';

/** The slices that were there before, and what reaches them. */
export interface Peers {
  readonly engine: Engine;
  readonly cluster: Pick<Cluster, 'slices' | 'hosts'>;
}

/**
 * Has them know of the new slice, now and at every later start.  The first slice comes last: it is the one whose plan is read, so whoever finds
 * the new slice in it finds it in all.
 *
 * @throws {SliceError} of the first that does not
 */
export async function learnPeer(peers: Peers, slice: PlannedSlice): Promise<void> {
  const [first, ...others] = placesOf(peers);
  await onAllHosts(others, (place) => tell(peers, place, { command: 'add-peer', what: slice }));
  await onAllHosts([first], (place) => tell(peers, place, { command: 'add-peer', what: slice }));
}

/**
 * Has each prove its own way to the new slice, which has proved the way to them.
 *
 * @throws {SliceError} naming the pair, and what is the matter
 */
export async function provePeer(
  peers: Peers,
  { number }: PlannedSlice,
  progress: (text: string) => void,
): Promise<void> {
  await onAllHosts(placesOf(peers), (place) =>
    tell(peers, place, { command: 'verify-peer', what: { number } }, progress),
  );
}

/** Has them forget it again; what does not work is told of, for what the user must read is why. */
export async function forgetPeer(
  peers: Peers,
  { number, engine, endpoint }: PlannedSlice,
  report: Report,
): Promise<void> {
  const [first, ...others] = placesOf(peers);
  const what = { number, engine };
  for (const places of [[first], others]) {
    await Promise.all(
      places.map((place) =>
        tell(peers, place, { command: 'remove-peer', what }).catch((error: unknown) => {
          const why = error instanceof Error ? error.message : String(error);
          const message = `host ${place.endpoint}: its slice still knows of ${endpoint} (slice ${number}): ${why}`;
          report({ type: 'warning', message, hint: 'a later `node add --host` of the same host puts it right' });
        }),
      ),
    );
  }
}

interface Place {
  readonly container: string;
  readonly endpoint: string;
}

async function tell(
  { engine }: Peers,
  { container }: Place,
  order: Order,
  progress: (text: string) => void = () => undefined,
) {
  await tellSlice(engine, container, order, ({ text }) => {
    if (text !== undefined) progress(text);
  });
}

function placesOf({ cluster: { slices, hosts = [] } }: Peers): readonly [Place, ...Place[]] {
  const place = (slice: (typeof slices)[number]): Place => {
    const endpoint = hosts.find(({ number }) => number === sliceNumber(slice))?.endpoint ?? slice.name;
    return { container: slice.name, endpoint };
  };
  const [first, ...others] = slices;
  return [place(first), ...others.map(place)];
}
