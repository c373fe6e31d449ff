import type { ContainerDetails, Engine, PortBinding } from '../../engine/engine.ts';
import { SliceError } from '../../errors.ts';
import { isSlice, label, ofCluster } from '../../plan/labels.ts';
import type { Plan } from '../../plan/plan.ts';
import { relayListens } from '../../plan/relay.ts';
import { capture } from '../exec.ts';
import { type Cluster, findCluster, sliceHosts } from '../find.ts';
import { inspectSlices } from '../inspect.ts';
import { readPlan } from '../current-plan.ts';
import { isRapi } from '../rapi-url.ts';
import type { SliceHost } from '../up/hosts.ts';
import { startExisting } from '../up/network.ts';

/** A port of the engine's machine that leads into a cluster. */
export interface PublishedPort {
  /** bind address: IPv4 or IPv6, `0.0.0.0` or `::` for all */
  readonly address: string;
  readonly port: number;
  /** `node1.example.com:22`, or `rapi`, which follows the master */
  readonly target: string;
  /** container that publishes the port: a relay, or the slice's own for RAPI */
  readonly container: string;
  /** whether that container runs, and its host still has the address as far as is known */
  readonly open: boolean;
  /** endpoint of the port's host */
  readonly host: string;
}

/** All published ports on a slice's host: RAPI as published by `up`, then the ports of relays. */
export async function publishedPorts(host: PortHost): Promise<readonly PublishedPort[]> {
  const own = host.slice.ports.filter((binding) => isRapi(binding, host.plan));
  return [...own.map((binding) => describe(host, host.slice, binding)), ...(await relayedPorts(host, host.cluster))];
}

type RelayHost = Pick<SliceHost, 'engine' | 'endpoint'>;

export async function relayedPorts(host: RelayHost, cluster: string): Promise<readonly PublishedPort[]> {
  return (await findRelays(host.engine, cluster)).flatMap((relay) => describeRelay(host, relay));
}

export function describeRelay(host: RelayHost, relay: ContainerDetails): readonly PublishedPort[] {
  return relay.ports.map((binding) => describe(host, relay, binding));
}

function describe(
  { endpoint: host }: RelayHost,
  { name: container, state, labels, missingAddresses }: ContainerDetails,
  { hostAddress, hostPort: port }: PortBinding,
): PublishedPort {
  const address = hostAddress === '' ? '0.0.0.0' : hostAddress;
  const open = state === 'running' && !missingAddresses.includes(address);
  return { address, port, target: labels[label.port] ?? 'rapi', container, open, host };
}

/** A cluster with all its available slices. */
export interface PortOwners {
  readonly found: Cluster;
  /** in order of slice number */
  readonly slices: readonly [ContainerDetails, ...ContainerDetails[]];
  readonly plan: Plan;
}

/** @param name see `findCluster` */
export async function findPortOwners(engine: Engine, name: string | undefined): Promise<PortOwners> {
  const found = await findCluster(engine, name);
  const [slices, plan] = await Promise.all([inspectSlices(engine, found), readPlan(engine, found)]);
  return { found, slices, plan };
}

/** A host, with the slice whose ports are published there. */
export interface PortHost extends SliceHost {
  /** the name given to `up NAME` */
  readonly cluster: string;
  readonly slice: ContainerDetails;
  readonly plan: Plan;
}

export function portHosts(engine: Engine, { found, slices, plan }: PortOwners): readonly PortHost[] {
  return sliceHosts(engine, found).flatMap((host) => {
    const slice = slices.find(({ name }) => name === host.container);
    return slice === undefined ? [] : [{ ...host, cluster: found.name, slice, plan }];
  });
}

/** The published ports of a cluster on all its hosts. */
export async function allPorts(engine: Engine, owners: PortOwners): Promise<readonly PublishedPort[]> {
  return (await Promise.all(portHosts(engine, owners).map(publishedPorts))).flat();
}

/** The relay containers of a cluster, running or not, sorted by published port. */
async function findRelays(engine: Engine, cluster: string): Promise<readonly ContainerDetails[]> {
  const found = (await engine.findContainers(ofCluster(cluster))).filter((container) => !isSlice(container));
  const details = await Promise.all(found.map(({ id }) => engine.inspectContainer(id)));
  return details.flatMap((relay) => relay ?? []).sort((a, b) => hostPort(a) - hostPort(b));
}

function hostPort({ ports }: ContainerDetails): number {
  return ports[0]?.hostPort ?? 0;
}

/**
 * Starts the stopped relays of a cluster.  Depending on their restart policy, relays stay stopped after a restart of
 * the engine.
 *
 * @returns how many were started
 * @throws {PortTakenError} when another process has taken the port in the meantime
 */
export async function startRelays(engine: Engine, cluster: string): Promise<number> {
  const stopped = (await findRelays(engine, cluster)).filter(({ state }) => state !== 'running');
  for (const relay of stopped) await startRelay(engine, cluster, relay);
  return stopped.length;
}

/** @throws {PortTakenError} when another process has taken the port in the meantime */
export async function startRelay(engine: Engine, cluster: string, relay: ContainerDetails): Promise<void> {
  await startExisting(engine, relay, `stop publishing it: vcluster-box -c ${cluster} port rm ${hostPort(relay)}`);
}

/**
 * Waits until a started relay accepts connections: before that, the engine accepts and closes them.
 *
 * @throws {SliceError} when it does not do so in 20 s
 */
export async function untilListening(engine: Engine, relay: string): Promise<void> {
  const { status } = await capture(engine, relay, ['timeout', '20', 'sh', '-c', relayListens]);
  if (status !== 0) throw new SliceError(`container ${relay} started, but does not listen`);
}

/**
 * Removes the published ports of a removed node, because a later node can get its name and address.
 *
 * @param node its full name
 */
export async function closePorts(engine: Engine, cluster: string, node: string): Promise<void> {
  const relays = await findRelays(engine, cluster);
  const closing = relays.filter(({ labels }) => (labels[label.port] ?? '').startsWith(`${node}:`));
  await Promise.all(closing.map(({ id }) => engine.removeContainer(id)));
}
