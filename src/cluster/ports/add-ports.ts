import { parsePublish } from '../../config/publish.ts';
import type { Engine } from '../../engine/engine.ts';
import { NotFoundError, UsageError } from '../../errors.ts';
import { sliceOf } from '../availability.ts';
import { createRollback } from '../up/rollback.ts';
import { findPortOwners, type PortHost, portHosts, type PortOwners } from './published.ts';
import { type Published, publishPorts, type PortToPublish, resolvePorts } from './publish.ts';

/**
 * Publishes ports of an existing cluster: all of them, or none.
 *
 * @param texts each `[ADDRESS:][HOSTPORT:]NODE:PORT`, or `rapi` instead of NODE:PORT
 * @param name see `findCluster`
 * @param signal when it aborts, everything created is removed, and its reason is thrown
 */
export async function addPorts(
  engine: Engine,
  texts: readonly string[],
  { name, signal }: { readonly name: string | undefined; readonly signal: AbortSignal },
): Promise<readonly Published[]> {
  const requests = texts.map(parse);
  const owners = await findPortOwners(engine, name);
  const hosts = portHosts(engine, owners);
  const wanted = resolvePorts(requests, owners.plan).map((port) => ({ port, host: hostOf(hosts, owners, port) }));
  const rollback = createRollback();
  try {
    const published: Published[] = [];
    for (const { port, host } of wanted) {
      published.push(...(await publishPorts(host, [port], rollback.on(host))));
    }
    signal.throwIfAborted();
    return published;
  } catch (error) {
    await rollback.undo();
    throw error;
  }
}

/** The host on which a port is published: the host of its node; for RAPI, any host. */
function hostOf(hosts: readonly PortHost[], { found, plan }: PortOwners, { slice, target }: PortToPublish): PortHost {
  const host = hosts.find(({ number }) => slice === undefined || number === slice);
  if (host !== undefined) return host;
  const node = plan.nodes.find(({ names }) => target.startsWith(`${names[0] ?? ''}:`));
  if (node !== undefined) sliceOf(found, node);
  throw new NotFoundError(`no slice of cluster ${found.name} leads to ${target}`);
}

function parse(text: string) {
  const request = parsePublish(text);
  if (request !== undefined) return request;
  throw new UsageError(`${text} is not of the form [ADDRESS:][HOSTPORT:]NODE:PORT`, {
    hint: 'such as node1:22, 2222:node1:22, 0.0.0.0:2222:node1:22 or rapi',
  });
}
