import type { ContainerDetails, Engine } from '../../engine/engine.ts';
import { sliceNumber } from '../../plan/labels.ts';
import type { Plan } from '../../plan/plan.ts';
import { type Cluster, findCluster } from '../find.ts';
import { engineOf } from '../fleet/fleet.ts';
import { inspectSlices } from '../inspect.ts';
import { readPlan } from '../living-plan.ts';
import type { PortOwner } from './port-owner.ts';
import { publishedPorts, type PublishedPort } from './published-port.ts';

/** A cluster with all its slices that can be reached. */
export interface PortOwners {
  readonly found: Cluster;
  /** in their order */
  readonly slices: readonly [ContainerDetails, ...ContainerDetails[]];
  readonly plan: Plan;
}

/** @param name see `findCluster` */
export async function findPortOwners(engine: Engine, name: string | undefined): Promise<PortOwners> {
  const found = await findCluster(engine, name);
  const [slices, plan] = await Promise.all([inspectSlices(engine, found), readPlan(engine, found)]);
  return { found, slices, plan };
}

/** A slice whose ports are published beside it, and the engine that is done on. */
export interface PortHost extends PortOwner {
  readonly engine: Engine;
  /** endpoint; undefined when the cluster is on one host only */
  readonly host: string | undefined;
}

export function portHosts(engine: Engine, { found, slices, plan }: PortOwners): readonly PortHost[] {
  return slices.map((slice) => {
    const host = found.hosts?.find(({ number }) => number === sliceNumber(slice))?.endpoint;
    return { engine: engineOf(engine, slice.name), host, cluster: found.name, slice, plan };
  });
}

/** The ports of a cluster on all its hosts, by host. */
export async function portsByHost(
  hosts: readonly PortHost[],
): Promise<readonly (readonly [host: PortHost, ports: readonly PublishedPort[]])[]> {
  return Promise.all(
    hosts.map(async (host) => {
      const ports = await publishedPorts(host.engine, host);
      const named = ports.map((port) => (host.host === undefined ? port : { ...port, host: host.host }));
      return [host, named] as const;
    }),
  );
}

/** The ports of a cluster on all its hosts. */
export async function allPorts(engine: Engine, owners: PortOwners): Promise<readonly PublishedPort[]> {
  return (await portsByHost(portHosts(engine, owners))).flatMap(([, ports]) => ports);
}
