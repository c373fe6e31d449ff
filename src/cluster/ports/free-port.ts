import type { Engine, PortBinding } from '../../engine/engine.ts';
import { AddressMissingError, PortTakenError, ResourceError } from '../../errors.ts';
import { ofCluster } from '../../plan/labels.ts';

/** The engines of a swarm use VXLAN's standard port, 4789, themselves. */
export const firstUdpPort = 4790;

/**
 * Ports of the engine's machine that belong to containers of clusters, including stopped ones, which keep their ports.
 */
export async function takenPorts(engine: Engine, protocol: 'tcp' | 'udp' = 'tcp'): Promise<readonly number[]> {
  const containers = await engine.findContainers(ofCluster());
  const details = await Promise.all(containers.map(({ id }) => engine.inspectContainer(id)));
  return details.flatMap((container) => portsOf(container?.ports ?? [], protocol));
}

function portsOf(ports: readonly PortBinding[], wanted: PortBinding['protocol']): readonly number[] {
  return ports.filter(({ protocol }) => protocol === wanted).map(({ hostPort }) => hostPort);
}

/**
 * The first port, starting at `first`, that is not taken.
 *
 * @throws {ResourceError} when all ports up to 65535 are taken
 */
export function choosePort(taken: readonly number[], first = 5080): number {
  const used = new Set(taken);
  for (let port = first; port <= 65_535; port += 1) if (!used.has(port)) return port;
  throw new ResourceError(`no port from ${first} to 65535 is free`, { hint: 'choose one yourself: ADDRESS:PORT' });
}

export interface PortRange {
  /** ports known to be in use */
  readonly taken: readonly number[];
  readonly first?: number;
}

/**
 * Publishes the given port, or, with `auto`, the first free one.  A port is chosen when a container is created, but
 * only starting the container shows whether the port is free on the engine's machine.
 *
 * @param attempt throws `PortTakenError` when the port is in use
 */
export async function onFreePort<T>(
  wanted: number | 'auto',
  { taken, first }: PortRange,
  attempt: (port: number) => Promise<T>,
): Promise<T> {
  const refused = [...taken];
  let port = 0;
  const next = () => {
    port = wanted === 'auto' ? choosePort(refused, first) : wanted;
    return attempt(port);
  };
  return untilAccepted(next, (error) => {
    if (wanted !== 'auto' || !(error instanceof PortTakenError)) throw error;
    refused.push(port);
  });
}

/**
 * Tries again as long as the engine refuses a port or an address.
 *
 * @param refused notes what the next attempt must avoid; throws when there is none
 */
export async function untilAccepted<T>(
  attempt: () => Promise<T>,
  refused: (error: unknown) => void | Promise<void>,
): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      await refused(error);
    }
  }
}

/**
 * Starts a container.
 *
 * @param otherwise what to do if its port stays in use, or its address missing; completes `..., or`
 * @throws {PortTakenError} @throws {AddressMissingError} with a hint
 */
export async function startContainer(engine: Engine, container: string, otherwise: string): Promise<void> {
  try {
    await engine.startContainer(container);
  } catch (error) {
    if (error instanceof PortTakenError) {
      throw new PortTakenError(error.message, { hint: `stop what uses it, or ${otherwise}`, cause: error.cause });
    }
    if (!(error instanceof AddressMissingError)) throw error;
    throw new AddressMissingError(error.message, { hint: `add the address to that host, or ${otherwise}` });
  }
}
