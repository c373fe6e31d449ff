import { isIPv4 } from 'node:net';
import type { ContainerDetails } from '../../engine/engine.ts';
import { NotFoundError } from '../../errors.ts';
import { sliceNumber } from '../../plan/labels.ts';
import { engineOf } from '../fleet/fleet.ts';
import type { Host } from '../spread/host.ts';
import { onAllHosts } from '../spread/on-host.ts';
import { askHost } from '../spread/reach-hosts.ts';
import type { Newcomer } from './newcomer.ts';

export interface Residents {
  /** that of the first slice */
  readonly container: ContainerDetails;
  /** in the order of their numbers */
  readonly hosts: readonly [Host, ...Host[]];
}

/** The hosts that the cluster has already, as its plan knows them and their engines tell of themselves. */
export async function residents({ engine, cluster, plan }: Newcomer): Promise<Residents> {
  const places = cluster.slices.map((slice) => {
    const number = sliceNumber(slice);
    const planned = plan.slices.find((one) => one.number === number);
    return { number, name: slice.name, endpoint: planned?.endpoint ?? '', underlay: planned?.underlay };
  });
  const [first, ...others] = await onAllHosts(places, ({ name, number, endpoint, underlay }) => {
    const address = underlay?.address ?? '';
    const advertise = isIPv4(address) ? { advertise: address } : {};
    return askHost(engineOf(engine, name), { endpoint, ...advertise }, number);
  });
  const container = await engine.inspectContainer(cluster.slices[0].name);
  if (first === undefined || container === undefined) {
    throw new NotFoundError(`cluster ${cluster.name} has just been removed`);
  }
  return { container, hosts: [first, ...others] };
}
