import type { ClusterRequest } from '../../config/parse-cluster-spec.ts';
import type { Engine, FileToWrite } from '../../engine/engine.ts';
import { ConflictError, PortTakenError } from '../../errors.ts';
import { choosePort } from '../../plan/choose-port.ts';
import { type Circumstances, type ContainerPlan, planContainer } from '../../plan/container-settings.ts';
import type { Plan } from '../../plan/plan.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { overlaps } from '../../config/subnet.ts';
import type { OsDefinition } from '../os/definition.ts';
import { writeDefinitions } from '../os/sync-definitions.ts';
import { takenPorts } from './taken-ports.ts';
import { ensureNetwork } from './network.ts';
import { startSlice } from './start.ts';
import type { Made } from './undo.ts';

export interface NewSlice {
  readonly request: ClusterRequest;
  readonly plan: Plan;
  readonly circumstances: Omit<Circumstances, 'rapiPort'>;
  readonly definitions: readonly OsDefinition[];
  /** aborts when the user interrupts */
  readonly signal: AbortSignal;
}

/**
 * Makes and starts the container of a slice, with its network and its plan.
 *
 * @param made is told of all that is made, as it is made
 * @returns the container's name
 * @throws {NameTakenError} when another `up` of that name is at work
 * @throws {PortTakenError} when the port that was asked for is in use
 */
export async function createSlice(engine: Engine, slice: NewSlice, made: Made): Promise<string> {
  const { port } = slice.request.spec.rapi;
  const taken = port === 'auto' ? [...(await takenPorts(engine))] : [];
  for (;;) {
    const rapiPort = port === 'auto' ? choosePort(taken) : port;
    const container = planContainer(slice.request, slice.plan, { ...slice.circumstances, rapiPort });
    const id = await createContainer(engine, container, slice, made);
    try {
      await startSlice(engine, id, 'choose another (--rapi [ADDRESS:]PORT), or leave it out for the next that is free');
      return container.name;
    } catch (error) {
      // A port is chosen when a container is made.  Only starting it tells whether the port is free on the host.
      if (port !== 'auto' || !(error instanceof PortTakenError)) throw error;
      taken.push(rapiPort);
      await made.forgetContainer();
    }
  }
}

/** The container comes first: its name is the lock of two `up` at once. */
async function createContainer(engine: Engine, container: ContainerPlan, slice: NewSlice, made: Made): Promise<string> {
  const { plan, definitions, signal } = slice;
  const { name, settings, network } = container;
  const id = await engine.createContainer(name, settings);
  made.container(id);
  const networkId = await ensureNetwork(engine, network);
  if (networkId !== undefined) made.network(networkId);
  await refuseOverlap(engine, plan, network.name);
  await writePlan(engine, id, plan);
  await writeDefinitions(engine, id, { definitions, signal });
  return id;
}

export async function writePlan(engine: Engine, container: string, plan: Plan): Promise<void> {
  await engine.writeFiles(container, [planFile(plan)]);
}

export function planFile(plan: Plan): FileToWrite {
  return { path: slicePaths.plan, content: `${JSON.stringify(plan, null, 2)}\n`, mode: 0o644 };
}

/** @throws {ConflictError} when the cluster's addresses are also those of the network that the slice is on */
export async function refuseOverlap(engine: Engine, { network: { subnet } }: Plan, networkName: string): Promise<void> {
  const networks = await engine.listNetworks();
  const outside = networks.find(({ name }) => name === networkName)?.subnets ?? [];
  const clash = outside.find((other) => overlaps(other, subnet));
  if (clash === undefined) return;
  throw new ConflictError(`the subnet ${subnet} overlaps ${clash}, by which the slice reaches the world outside`, {
    hint: 'choose another: --subnet CIDR',
  });
}
