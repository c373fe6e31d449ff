import { parsePort, parsePublish, type PublishRequest } from '../../config/publish.ts';
import type { Engine } from '../../engine/engine.ts';
import { ConflictError, NotFoundError, UsageError } from '../../errors.ts';
import { findPortOwners, type PortHost, portHosts, type PortOwners, portsByHost } from './all-ports.ts';
import { endpoint, type PublishedPort } from './published-port.ts';
import { targetName } from './wanted-port.ts';

/**
 * Takes published ports back.
 *
 * @param texts each a port of the engine's machine, or as it was published; address and host port may be left out
 * @param name see `findCluster`
 * @returns those that are gone
 * @throws {NotFoundError} when one is not published; then none has been taken back
 */
export async function unpublishPorts(
  engine: Engine,
  texts: readonly string[],
  name: string | undefined,
): Promise<readonly PublishedPort[]> {
  const owners = await findPortOwners(engine, name);
  const published = (await portsByHost(portHosts(engine, owners))).flatMap(([host, ports]) =>
    ports.map((port): Publication => ({ host, port })),
  );
  const chosen = new Set(texts.flatMap((text) => choose(published, text, owners)));
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
    throw new ConflictError(
      `${text} is how RAPI was published when the cluster was made; the engine cannot take it back`,
      { hint: `make the cluster anew, with --rapi: vcluster-box down ${name}` },
    );
  }
  const there = published.map(({ port }) => `${endpoint(port)} (${port.target})`);
  throw new NotFoundError(`${text} is not published by cluster ${name}`, {
    hint: there.length > 0 ? `there is: ${there.join(', ')}` : 'nothing is',
  });
}

function matcher(text: string, { plan }: PortOwners): (port: PublishedPort) => boolean {
  const hostPort = parsePort(text);
  if (hostPort !== undefined) return ({ port }) => port === hostPort;
  const asked: PublishRequest | undefined = parsePublish(text);
  if (asked === undefined) throw new UsageError(`${text} is no HOSTPORT and no [ADDRESS:][HOSTPORT:]NODE:PORT`);
  const target = targetName(asked.target, plan);
  return (port) =>
    port.target === target &&
    (asked.port === 'auto' || asked.port === port.port) &&
    (asked.address === undefined || asked.address === port.address);
}
