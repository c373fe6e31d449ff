import { formatEndpoint, type PublishRequest } from '../../config/publish.ts';
import { AddressMissingError, ConflictError, NameTakenError } from '../../errors.ts';
import type { Plan } from '../../plan/plan.ts';
import { planRelay } from '../../plan/relay.ts';
import { waitUntil } from '../../wait.ts';
import { findNode } from '../current-plan.ts';
import type { HostRollback } from '../up/rollback.ts';
import { onFreePort, startContainer, takenPorts } from './free-port.ts';
import {
  describeRelay,
  type PortHost,
  type PublishedPort,
  publishedPorts,
  startRelay,
  untilListening,
} from './published.ts';

export interface Published extends PublishedPort {
  /** false: it was published before */
  readonly created: boolean;
}

/**
 * Publishes ports, each by a relay container.  Ports that are already published in the same way do not change.
 *
 * @throws {PortTakenError} when a requested port is in use
 * @throws {ConflictError} when it already leads elsewhere
 */
export async function publishPorts(
  host: PortHost,
  wanted: readonly PortToPublish[],
  rollback: Pick<HostRollback, 'relay'>,
): Promise<readonly Published[]> {
  if (wanted.length > 0) refuseForeignNetwork(host);
  const published: Published[] = [];
  // Sequential, because each chooses among the ports that the others have left.
  for (const port of wanted) published.push(await publishOne(host, port, rollback));
  return published;
}

const otherRunTimeoutMs = 5000;

async function publishOne(
  host: PortHost,
  wanted: PortToPublish,
  rollback: Pick<HostRollback, 'relay'>,
): Promise<Published> {
  let nameTaken: unknown;
  const attempt = async (): Promise<Published | undefined> => {
    const same = await findSame(host, wanted);
    if (same !== undefined) return { ...(await reopen(host, same)), created: false };
    try {
      return { ...(await create(host, wanted, rollback)), created: true };
    } catch (error) {
      // Another run is creating the same relay; the engine reserves its name before it lists the container.
      if (!(error instanceof NameTakenError)) throw error;
      nameTaken = error;
      return undefined;
    }
  };
  const published = await waitUntil(attempt, { timeoutMs: otherRunTimeoutMs, intervalMs: 50 });
  if (published === undefined) throw nameTaken;
  return published;
}

async function findSame(host: PortHost, wanted: PortToPublish): Promise<PublishedPort | undefined> {
  const { hostAddress, hostPort, target } = wanted;
  const published = await publishedPorts(host);
  const mayBe = published.filter(({ port }) => hostPort === 'auto' || port === hostPort);
  // `--publish rapi` without a port does not match the RAPI port that the slice itself publishes.
  const same = mayBe.find(
    ({ address, target: leads, container }) =>
      address === hostAddress && leads === target && (hostPort !== 'auto' || container !== host.slice.name),
  );
  if (same !== undefined || hostPort === 'auto') return same;
  const [other] = mayBe;
  if (other === undefined) return undefined;
  throw new ConflictError(`port ${hostPort} is already published: ${formatEndpoint(other)} leads to ${other.target}`, {
    hint: `choose another, or remove it first: vcluster-box -c ${host.cluster} port rm ${hostPort}`,
  });
}

async function reopen({ engine, cluster }: PortHost, port: PublishedPort): Promise<PublishedPort> {
  if (port.open) return port;
  const relay = await engine.inspectContainer(port.container);
  if (relay === undefined) return port;
  await startRelay(engine, cluster, relay);
  await untilListening(engine, relay.id);
  const { address } = port;
  if (!relay.missingAddresses.includes(address)) return { ...port, open: true };
  throw new AddressMissingError(
    `cannot publish ${formatEndpoint(port)}: ${address} is not an address of the engine's host`,
  );
}

async function create(
  host: PortHost,
  wanted: PortToPublish,
  rollback: Pick<HostRollback, 'relay'>,
): Promise<PublishedPort> {
  const { engine } = host;
  const taken = wanted.hostPort === 'auto' ? await takenPorts(engine) : [];
  return onFreePort(wanted.hostPort, { taken, first: wanted.from }, async (hostPort) => {
    const { name, settings } = planRelay(host.cluster, host.slice, { ...wanted, hostPort });
    const id = await engine.createContainer(name, settings);
    rollback.relay(id);
    try {
      await startContainer(engine, id, `choose another: [ADDRESS:][HOSTPORT:]${wanted.target}`);
      await untilListening(engine, id);
      return await describeNew(host, id, wanted);
    } catch (error) {
      await engine.removeContainer(id);
      throw error;
    }
  });
}

async function describeNew(host: PortHost, id: string, { target }: PortToPublish): Promise<PublishedPort> {
  const relay = await host.engine.inspectContainer(id);
  const [port] = relay === undefined ? [] : describeRelay(host, relay);
  if (port === undefined) throw new ConflictError(`the relay for ${target} was removed while it started`);
  return port;
}

/**
 * Containers on the engine's default network cannot find each other by name, and containers without a network cannot be
 * reached.
 */
function refuseForeignNetwork({ cluster, slice: { name, network } }: PortHost): void {
  if (!/^(default|bridge|host|none|container:.*)$/.test(network)) return;
  throw new ConflictError(`container ${name} of cluster ${cluster} is not on a network of its own (but: ${network})`, {
    hint: `start it on one (docker network create NAME; docker run --network NAME ...), or publish ports there: docker run -p`,
  });
}

/** A port to publish, resolved with the plan. */
export interface PortToPublish {
  readonly hostAddress: string;
  /** `auto`: the next free port, starting at `from` */
  readonly hostPort: number | 'auto';
  readonly from: number;
  /** `node1.example.com:22`, or `rapi` */
  readonly target: string;
  /** address of the target inside the slice; `null`: the slice's own */
  readonly address: string | null;
  readonly port: number;
  /** number of the target's slice; absent for `rapi`, which is available through every slice */
  readonly slice?: number;
}

/** @throws {NotFoundError} when the cluster has no such node */
export function resolvePorts(requests: readonly PublishRequest[], plan: Plan): readonly PortToPublish[] {
  return requests.map(({ address = '127.0.0.1', port: hostPort, target }) => {
    const to = resolve(target, plan);
    // Ports below 1024 can be unavailable to a rootless engine, and users expect services of the machine there.
    return { hostAddress: address, hostPort, from: to.port >= 1024 ? to.port : 20_000, ...to };
  });
}

/** @returns `node1.example.com:22`, or `rapi` */
export function targetName(target: PublishRequest['target'], plan: Plan): string {
  return resolve(target, plan).target;
}

function resolve(
  target: PublishRequest['target'],
  plan: Plan,
): Pick<PortToPublish, 'target' | 'address' | 'port' | 'slice'> {
  if (target === 'rapi') return { target, address: null, port: plan.rapi.publishedPort };
  const { names, address, slice } = findNode(plan, target.node);
  return { target: `${names[0] ?? ''}:${target.port}`, address, port: target.port, slice };
}
