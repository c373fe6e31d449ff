import { formatEndpoint, parsePort, parsePublish, type PublishRequest } from '../../config/publish.ts';
import type { Engine } from '../../engine/engine.ts';
import { ConflictError, NotFoundError, UsageError } from '../../errors.ts';
import {
  findPortOwners,
  type PortHost,
  portHosts,
  type PortOwners,
  type PublishedPort,
  publishedPorts,
} from './published.ts';
import { targetName } from './publish.ts';

/**
 * Removes published ports.
 *
 * @param texts each a port of the engine's machine, or the form in which it was published; address and host port are
 * optional
 * @param name see `findCluster`
 * @returns the removed ports
 * @throws {NotFoundError} when a port is not published; none is removed then
 */
export async function removePorts(
  engine: Engine,
  texts: readonly string[],
  name: string | undefined,
): Promise<readonly PublishedPort[]> {
  const owners = await findPortOwners(engine, name);
  const published = await Promise.all(
    portHosts(engine, owners).map(async (host) =>
      (await publishedPorts(host)).map((port): Publication => ({ host, port })),
    ),
  );
  const chosen = new Set(texts.flatMap((text) => choose(published.flat(), text, owners)));
  await Promise.all([...chosen].map(({ host, port }) => host.engine.removeContainer(port.container)));
  return [...chosen].map(({ port }) => port);
}

interface Publication {
  readonly host: PortHost;
  readonly port: PublishedPort;
}

function choose(published: readonly Publication[], text: string, owners: PortOwners): readonly Publication[] {
  const isAsked = matcher(text, owners);
  const matching = published.filter(({ port }) => isAsked(port));
  const relayed = matching.filter(({ host, port }) => port.container !== host.slice.name);
  if (relayed.length > 0) return relayed;
  const { name } = owners.found;
  if (matching.length > 0) {
    throw new ConflictError(`${text} is how RAPI was published when the cluster was created, and cannot be removed`, {
      hint: `recreate the cluster with another --rapi: vcluster-box down ${name}`,
    });
  }
  const there = published.map(({ port }) => `${formatEndpoint(port)} (${port.target})`);
  throw new NotFoundError(`${text} is not published by cluster ${name}`, {
    hint: there.length > 0 ? `published: ${there.join(', ')}` : 'it has no published ports',
  });
}

function matcher(text: string, { plan }: PortOwners): (port: PublishedPort) => boolean {
  const hostPort = parsePort(text);
  if (hostPort !== undefined) return ({ port }) => port === hostPort;
  const asked: PublishRequest | undefined = parsePublish(text);
  if (asked === undefined) throw new UsageError(`${text} is neither HOSTPORT nor [ADDRESS:][HOSTPORT:]NODE:PORT`);
  const target = targetName(asked.target, plan);
  return (port) =>
    port.target === target &&
    (asked.port === 'auto' || asked.port === port.port) &&
    (asked.address === undefined || asked.address === port.address);
}
