import { setTimeout as delay } from 'node:timers/promises';
import type { Engine } from '../../engine/engine.ts';
import { ConflictError, NameTakenError, PortTakenError } from '../../errors.ts';
import { choosePort } from '../../plan/choose-port.ts';
import { planRelay } from '../../plan/relay.ts';
import type { Made } from '../up/undo.ts';
import { startSlice } from '../up/start.ts';
import { takenPorts } from '../up/taken-ports.ts';
import { describeRelay, endpoint, publishedPorts, type PublishedPort } from './published-port.ts';
import type { PortOwner } from './port-owner.ts';
import type { WantedPort } from './wanted-port.ts';

export interface Published extends PublishedPort {
  /** false: it was published before */
  readonly made: boolean;
}

/**
 * Publishes ports, each by a relay container; what is published already, in the same way, stays as it is.
 *
 * @param made is told of each relay that is made, as it is made
 * @throws {PortTakenError} when a port that was asked for is in use
 * @throws {ConflictError} when it leads elsewhere already
 */
export async function publishPorts(
  engine: Engine,
  owner: PortOwner,
  wanted: readonly WantedPort[],
  made: Pick<Made, 'relay'>,
): Promise<readonly Published[]> {
  if (wanted.length > 0) refuseForeignNetwork(owner);
  const published: Published[] = [];
  // One after the other: each chooses among the ports that the others have left.
  for (const port of wanted) published.push(await publishOne(engine, owner, port, made));
  return published;
}

const patienceMs = 5000;

async function publishOne(
  engine: Engine,
  owner: PortOwner,
  wanted: WantedPort,
  made: Pick<Made, 'relay'>,
): Promise<Published> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const there = await findSame(engine, owner, wanted);
    if (there !== undefined) return { ...(await reopen(engine, owner.cluster, there)), made: false };
    try {
      return { ...(await create(engine, owner, wanted, made)), made: true };
    } catch (error) {
      // Another run makes the same one at this moment; the engine gives a name away before it shows the container.
      if (!(error instanceof NameTakenError) || performance.now() > deadline) throw error;
      await delay(50);
    }
  }
}

async function findSame(engine: Engine, owner: PortOwner, wanted: WantedPort): Promise<PublishedPort | undefined> {
  const { hostAddress, hostPort, target } = wanted;
  const published = await publishedPorts(engine, owner);
  const mayBe = published.filter(({ port }) => hostPort === 'auto' || port === hostPort);
  // RAPI as the slice publishes it is what `--publish rapi` asks for only if that very port was named.
  const same = mayBe.find(
    ({ address, target: leads, container }) =>
      address === hostAddress && leads === target && (hostPort !== 'auto' || container !== owner.slice.name),
  );
  if (same !== undefined || hostPort === 'auto') return same;
  const [other] = mayBe;
  if (other === undefined) return undefined;
  throw new ConflictError(`port ${hostPort} is published already: ${endpoint(other)} leads to ${other.target}`, {
    hint: `choose another, or take it back first: vcluster-box -c ${owner.cluster} port rm ${hostPort}`,
  });
}

async function reopen(engine: Engine, cluster: string, port: PublishedPort): Promise<PublishedPort> {
  if (port.open) return port;
  const hint = `end what uses it, or take it back: vcluster-box -c ${cluster} port rm ${port.port}`;
  await startSlice(engine, port.container, hint);
  return { ...port, open: true };
}

async function create(
  engine: Engine,
  owner: PortOwner,
  wanted: WantedPort,
  made: Pick<Made, 'relay'>,
): Promise<PublishedPort> {
  const taken = wanted.hostPort === 'auto' ? [...(await takenPorts(engine))] : [];
  for (;;) {
    const hostPort = wanted.hostPort === 'auto' ? choosePort(taken, wanted.from) : wanted.hostPort;
    const { name, settings } = planRelay(owner.cluster, owner.slice, { ...wanted, hostPort });
    const id = await engine.createContainer(name, settings);
    made.relay(id);
    try {
      await engine.startContainer(id);
      return await describeNew(engine, id, wanted);
    } catch (error) {
      await engine.removeContainer(id);
      // Only starting it tells whether the port is free on the engine's machine.
      if (!(error instanceof PortTakenError)) throw error;
      if (wanted.hostPort !== 'auto') throw portTaken(error, wanted);
      taken.push(hostPort);
    }
  }
}

async function describeNew(engine: Engine, id: string, { target }: WantedPort): Promise<PublishedPort> {
  const relay = await engine.inspectContainer(id);
  const [port] = relay === undefined ? [] : describeRelay(relay);
  if (port === undefined) throw new ConflictError(`the relay for ${target} was removed while it started`);
  return port;
}

function portTaken({ message, cause }: PortTakenError, { target }: WantedPort): PortTakenError {
  return new PortTakenError(message, {
    hint: `choose another, or leave it out for the next that is free: [ADDRESS:]${target}`,
    cause,
  });
}

/** On the engine's own network containers do not know each other by name, and on those of no network nobody comes. */
function refuseForeignNetwork({ cluster, slice: { name, network } }: PortOwner): void {
  if (!/^(default|bridge|host|none|container:.*)$/.test(network)) return;
  throw new ConflictError(`container ${name} of cluster ${cluster} is not on a network of its own (but: ${network})`, {
    hint: `start it on one (docker network create NAME; docker run --network NAME ...), or publish ports there: docker run -p`,
  });
}
