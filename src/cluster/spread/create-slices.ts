import type { ClusterRequest } from '../../config/parse-cluster-spec.ts';
import type { FileToWrite } from '../../engine/engine.ts';
import { ConflictError, NameTakenError } from '../../errors.ts';
import { choosePort } from '../../plan/choose-port.ts';
import { type ContainerPlan, planContainer } from '../../plan/container-settings.ts';
import type { Plan } from '../../plan/plan.ts';
import type { OsDefinition } from '../os/definition.ts';
import { writeDefinitions } from '../os/sync-definitions.ts';
import { planFile, refuseOverlap } from '../up/create.ts';
import { ensureNetwork } from '../up/network.ts';
import { takenPorts } from '../up/taken-ports.ts';
import type { Carrier } from './carrier.ts';
import type { Host } from './host.ts';
import type { MadeOn } from './made-on.ts';
import { onAllHosts, onHost } from './on-host.ts';

/** Slices that are to be made: all of a cluster, or one that comes to it. */
export interface NewSlices {
  readonly request: ClusterRequest;
  readonly hosts: readonly [Host, ...Host[]];
  /** of all slices of the cluster, in the order of their numbers */
  readonly plans: readonly Plan[];
  readonly carrier: Carrier;
  /** where each host of the cluster publishes its UDP port, in the order of their numbers */
  readonly udpAddresses: readonly (string | undefined)[];
  readonly circumstances: { readonly image: string; readonly runId: string; readonly version: string };
  readonly secrets: readonly FileToWrite[];
  readonly definitions: readonly OsDefinition[];
  readonly signal: AbortSignal;
}

/** The container of one slice, not started yet. */
export interface SliceContainer {
  readonly host: Host;
  readonly plan: Plan;
  readonly id: string;
  readonly rapiPort: number;
}

/**
 * Makes the containers of all slices, with what they need to boot: that of the first slice first, for its name is the lock of two `up` at once.
 *
 * @param made is told of all that is made, as it is made
 * @throws {NameTakenError} when another `up` of that name is at work
 */
export async function createSlices(slices: NewSlices, made: MadeOn): Promise<readonly SliceContainer[]> {
  const { hosts, carrier, request } = slices;
  const [first, ...others] = hosts;
  const lock = await createContainer(slices, first, { made, taken: await occupied(slices, first) }).catch(
    (error: unknown) => {
      throw onHost(first, error);
    },
  );
  if (carrier.kind === 'overlay' && carrier.maker !== undefined) {
    const { network } = containerPlan(slices, first, 0);
    const options = request.spec.encrypted ? { encrypted: '' } : {};
    const id = await ensureNetwork(carrier.maker.engine, { ...network, driver: 'overlay', attachable: true, options });
    if (id !== undefined) made.on(carrier.maker).network(id);
  }
  const rest = await onAllHosts(others, async (host) =>
    createContainer(slices, host, { made, taken: await occupied(slices, host) }).catch(refuseName),
  );
  const containers = [lock, ...rest];
  await onAllHosts(hosts, async (host) => {
    const container = containers.find((one) => one.host === host);
    if (container !== undefined) await equip(slices, container, made);
  });
  return containers;
}

/** Only the name of the first slice is a lock. */
function refuseName(error: unknown): never {
  if (!(error instanceof NameTakenError)) throw error;
  throw new ConflictError(error.message, { hint: 'remove it there, or choose another name', cause: error.cause });
}

async function occupied({ request }: NewSlices, { engine }: Host): Promise<readonly number[]> {
  return request.spec.rapi.port === 'auto' ? takenPorts(engine) : [];
}

/** @param taken ports that RAPI cannot be published on */
export async function createContainer(
  slices: NewSlices,
  host: Host,
  { made, taken }: { readonly made: MadeOn; readonly taken: readonly number[] },
): Promise<SliceContainer> {
  const { port } = slices.request.spec.rapi;
  const rapiPort = port === 'auto' ? choosePort(taken) : port;
  const { name, settings } = containerPlan(slices, host, rapiPort);
  const id = await host.engine.createContainer(name, settings);
  made.on(host).container(id);
  return { host, plan: planOf(slices, host), id, rapiPort };
}

/** Its network, its plan, the keys that all slices have, and the OS definitions. */
export async function equip(slices: NewSlices, { host, plan, id }: SliceContainer, made: MadeOn): Promise<void> {
  const { carrier, secrets, definitions, signal } = slices;
  const { network } = containerPlan(slices, host, 0);
  if (carrier.kind === 'ports') {
    const networkId = await ensureNetwork(host.engine, network);
    if (networkId !== undefined) made.on(host).network(networkId);
  }
  // A flat network may well be the one that the cluster's addresses are of.
  if (carrier.kind !== 'flat') await refuseOverlap(host.engine, plan, network.name);
  signal.throwIfAborted();
  await host.engine.writeFiles(id, [planFile(plan), ...secrets]);
  await writeDefinitions(host.engine, id, { definitions, signal });
}

function containerPlan(slices: NewSlices, host: Host, rapiPort: number): ContainerPlan {
  const { request, carrier, udpAddresses, circumstances } = slices;
  const place = {
    network: carrier.kind === 'ports' ? undefined : carrier.network,
    udpAddress: carrier.kind === 'ports' ? udpAddresses[host.number - 1] : undefined,
    publishes: carrier.kind !== 'flat',
  };
  return planContainer(request, planOf(slices, host), { ...circumstances, rapiPort, place });
}

function planOf({ plans }: NewSlices, { number }: Host): Plan {
  const plan = plans[number - 1];
  if (plan === undefined) throw new RangeError(`there is no plan of slice ${number}`);
  return plan;
}
