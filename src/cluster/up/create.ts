import type { ClusterRequest } from '../../config/parse-cluster-spec.ts';
import type { Engine, FileToWrite } from '../../engine/engine.ts';
import { ConflictError, NameTakenError, NetworkMissingError } from '../../errors.ts';
import { type ContainerPlan, planContainer } from '../../plan/container-settings.ts';
import type { Plan } from '../../plan/plan.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { networksOf } from '../../config/network-options.ts';
import { overlaps } from '../../config/subnet.ts';
import type { Underlay } from '../multi-host/underlay.ts';
import type { OsDefinition } from '../os/definition.ts';
import { writeDefinitions } from '../os/sync-definitions.ts';
import { choosePort, takenPorts } from '../ports/free-port.ts';
import { type Host, type Hosts, onAllHosts, withHostPrefix } from './hosts.ts';
import { ensureNetwork, overlayNetwork } from './network.ts';
import type { Rollback } from './rollback.ts';

/** Slices to create: all of a cluster, or those of hosts that join it. */
export interface NewSlices {
  readonly request: ClusterRequest;
  /** on which they are created */
  readonly hosts: Hosts;
  /** of all slices of the cluster, in the order of their numbers */
  readonly plans: readonly Plan[];
  readonly underlay: Underlay;
  /** where each host of the cluster publishes its UDP port, in the order of their numbers */
  readonly udpAddresses: readonly (string | undefined)[];
  readonly circumstances: { readonly image: string; readonly runId: string; readonly version: string };
  /** written into each */
  readonly sharedFiles: readonly FileToWrite[];
  readonly definitions: readonly OsDefinition[];
  readonly signal: AbortSignal;
}

/** The container of one slice, which has not been started. */
export interface SliceContainer {
  readonly host: Host;
  readonly id: string;
  readonly rapiPort: number;
  /** ports that were in use when it was chosen */
  readonly taken: readonly number[];
}

/**
 * Creates the containers of slices, with their networks and everything they need to boot.  The first one comes before
 * all others: its name is the lock that keeps two `up` apart.
 *
 * @throws {NameTakenError} when another `up` of that name is at work
 */
export async function createSlices(slices: NewSlices, rollback: Rollback): Promise<readonly SliceContainer[]> {
  const [first, ...others] = slices.hosts;
  const create = async (host: Host): Promise<SliceContainer> => {
    const { port } = slices.request.spec.rapi;
    const taken = port === 'auto' ? await takenPorts(host.engine) : [];
    const rapiPort = port === 'auto' ? choosePort(taken) : port;
    return { host, rapiPort, taken, id: await createContainer(slices, host, { rapiPort, rollback }) };
  };
  const lock = await create(first).catch((error: unknown) => {
    throw withHostPrefix(first, error);
  });
  await createSwarmNetwork(slices, rollback);
  const rest = await onAllHosts(others, (host) => create(host).catch(refuseName));
  const containers = [lock, ...rest];
  await onAllHosts(
    containers.map((container) => ({ ...container.host, slice: container })),
    ({ slice }) => prepareContainer(slices, slice.host, slice.id),
  );
  return containers;
}

/** Only the name of the first slice is a lock. */
function refuseName(error: unknown): never {
  if (!(error instanceof NameTakenError)) throw error;
  throw new ConflictError(error.message, { hint: 'remove it there, or choose another name', cause: error.cause });
}

/**
 * Creates a container and the network that it is on.
 *
 * The container comes first, because its name is the lock, and some versions of Docker create two networks of one name
 * at once.  Podman needs the network first; there, the `up` that gets the container's name owns the network.
 *
 * @returns the container's id
 */
export async function createContainer(
  slices: NewSlices,
  host: Host,
  { rapiPort, rollback }: { readonly rapiPort: number; readonly rollback: Rollback },
): Promise<string> {
  const { name, network, settings } = containerPlan(slices, host, rapiPort);
  const { engine } = host;
  const ownNetwork = ['none', 'ports'].includes(slices.underlay.kind);
  const id = await engine.createContainer(name, settings).catch((error: unknown) => {
    if (!ownNetwork || !(error instanceof NetworkMissingError)) throw error;
    return createAfterNetwork(engine, containerPlan(slices, host, rapiPort));
  });
  rollback.on(host).container(id);
  if (ownNetwork) {
    await ensureNetwork(engine, network);
    rollback.on(host).network(network.name);
  }
  return id;
}

async function createAfterNetwork(engine: Engine, { name, network, settings }: ContainerPlan): Promise<string> {
  const created = await ensureNetwork(engine, network);
  try {
    return await engine.createContainer(name, settings);
  } catch (error) {
    if (created !== undefined && !(error instanceof NameTakenError)) await engine.removeNetwork(created);
    throw error;
  }
}

/** Gives a container its plan, the files that all slices share, and OS definitions. */
export async function prepareContainer(slices: NewSlices, host: Host, id: string): Promise<void> {
  const { underlay, sharedFiles, definitions, signal } = slices;
  const plan = planOf(slices, host);
  const { network } = containerPlan(slices, host, 0);
  // The cluster's addresses can belong to a flat network.
  if (underlay.kind !== 'flat') await refuseOverlap(host.engine, plan, network.name);
  signal.throwIfAborted();
  await host.engine.writeFiles(id, [planFile(plan), ...sharedFiles]);
  await writeDefinitions(host.engine, id, { definitions, signal });
}

async function createSwarmNetwork(slices: NewSlices, rollback: Rollback): Promise<void> {
  const { underlay, hosts, request } = slices;
  if (underlay.kind !== 'swarm' || underlay.manager === undefined) return;
  const { network } = containerPlan(slices, hosts[0], 0);
  const id = await ensureNetwork(underlay.manager.engine, overlayNetwork(network, request.spec.encrypted));
  if (id !== undefined) rollback.on(underlay.manager).network(id);
}

function planFile(plan: Plan): FileToWrite {
  return { path: slicePaths.plan, content: `${JSON.stringify(plan, null, 2)}\n`, mode: 0o644 };
}

/** @throws {ConflictError} when the cluster's addresses are also those of the network that the slice is on */
async function refuseOverlap(engine: Engine, { network }: Plan, networkName: string): Promise<void> {
  const networks = await engine.listNetworks();
  const outside = networks.find(({ name }) => name === networkName)?.subnets ?? [];
  for (const { subnet, flag } of networksOf(network)) {
    const clash = outside.find((other) => overlaps(other, subnet));
    if (clash === undefined) continue;
    throw new ConflictError(`the subnet ${subnet} overlaps ${clash}, which connects the slice to other networks`, {
      hint: `choose another: ${flag}`,
    });
  }
}

function containerPlan(slices: NewSlices, host: Host, rapiPort: number): ContainerPlan {
  const { request, underlay, udpAddresses, circumstances } = slices;
  const connection = {
    network: 'network' in underlay ? underlay.network : undefined,
    udpAddress: underlay.kind === 'ports' ? udpAddresses[host.number - 1] : undefined,
    publishes: underlay.kind !== 'flat',
  };
  return planContainer(request, planOf(slices, host), { ...circumstances, rapiPort, connection });
}

export function planOf({ plans }: NewSlices, { number }: Host): Plan {
  const plan = plans[number - 1];
  if (plan === undefined) throw new RangeError(`there is no plan for slice ${number}`);
  return plan;
}
