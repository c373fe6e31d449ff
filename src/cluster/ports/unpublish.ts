import { parsePort, parsePublish, type PublishRequest } from '../../config/publish.ts';
import type { Engine } from '../../engine/engine.ts';
import { ConflictError, NotFoundError, UsageError } from '../../errors.ts';
import { endpoint, publishedPorts, type PublishedPort } from './published-port.ts';
import { findPortOwner, type PortOwner } from './port-owner.ts';
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
  const owner = await findPortOwner(engine, name);
  const published = await publishedPorts(engine, owner);
  const chosen = new Set(texts.flatMap((text) => choose(published, text, owner)));
  await Promise.all([...chosen].map(({ container }) => engine.removeContainer(container)));
  return [...chosen];
}

function choose(published: readonly PublishedPort[], text: string, owner: PortOwner): readonly PublishedPort[] {
  const matching = published.filter(matcher(text, owner));
  const relayed = matching.filter(({ container }) => container !== owner.slice.name);
  if (relayed.length > 0) return relayed;
  if (matching.length > 0) {
    throw new ConflictError(
      `${text} is how RAPI was published when the cluster was made; the engine cannot take it back`,
      {
        hint: `make the cluster anew, with --rapi: vcluster-box down ${owner.cluster}`,
      },
    );
  }
  const there = published.map((port) => `${endpoint(port)} (${port.target})`);
  throw new NotFoundError(`${text} is not published by cluster ${owner.cluster}`, {
    hint: there.length > 0 ? `there is: ${there.join(', ')}` : 'nothing is',
  });
}

function matcher(text: string, { plan }: PortOwner): (port: PublishedPort) => boolean {
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
