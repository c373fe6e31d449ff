import type { Engine } from '../engine/engine.ts';
import { sliceNumber } from '../plan/labels.ts';
import type { Cluster } from './find.ts';
import { engineOf } from './fleet/fleet.ts';
import type { SliceHost } from './up/hosts.ts';

/** The hosts of a cluster whose slices can be reached, in the order of their numbers. */
export function sliceHosts(engine: Engine, cluster: Cluster): readonly [SliceHost, ...SliceHost[]] {
  const { hosts } = cluster;
  const host = (slice: Cluster['slices'][number]): SliceHost => {
    const number = sliceNumber(slice);
    const endpoint = hosts.find((each) => each.number === number)?.endpoint ?? slice.name;
    const { name: container } = slice;
    return { number, endpoint, container, engine: engineOf(engine, container), named: hosts.length > 1 };
  };
  const [first, ...others] = cluster.slices;
  return [host(first), ...others.map(host)];
}
