import { parsePublish } from '../../config/publish.ts';
import type { Engine } from '../../engine/engine.ts';
import { NotFoundError, UsageError } from '../../errors.ts';
import { sliceNumber } from '../../plan/labels.ts';
import { sliceOf } from '../require-running.ts';
import { nothingMade } from '../up/undo.ts';
import { findPortOwners, type PortHost, portHosts, type PortOwners } from './all-ports.ts';
import { publishPorts, type Published } from './publish.ts';
import { wantedPorts, type WantedPort } from './wanted-port.ts';

/**
 * Publishes ports of a cluster that is there: all of them, or none.
 *
 * @param texts each `[ADDRESS:][HOSTPORT:]NODE:PORT`, or `rapi` in place of NODE:PORT
 * @param name see `findCluster`
 * @param signal when it aborts, what was made is removed, and its reason thrown
 */
export async function addPorts(
  engine: Engine,
  texts: readonly string[],
  { name, signal }: { readonly name: string | undefined; readonly signal: AbortSignal },
): Promise<readonly Published[]> {
  const requests = texts.map(parse);
  const owners = await findPortOwners(engine, name);
  const hosts = portHosts(engine, owners).map((host) => ({ host, made: nothingMade(host.engine) }));
  const wanted = wantedPorts(requests, owners.plan).map((port) => ({ port, ...onHost(hosts, owners, port) }));
  try {
    const published: Published[] = [];
    for (const { port, host, made } of wanted) {
      const [one] = await publishPorts(host.engine, host, [port], made);
      if (one !== undefined) published.push(host.host === undefined ? one : { ...one, host: host.host });
    }
    signal.throwIfAborted();
    return published;
  } catch (error) {
    for (const { made } of hosts) await made.undo();
    throw error;
  }
}

/** Where a port is published: beside the node; RAPI is led to by every slice. */
function onHost<T extends { readonly host: PortHost }>(
  hosts: readonly T[],
  { found, plan }: PortOwners,
  { slice, target }: WantedPort,
): T {
  const there = hosts.find(({ host }) => slice === undefined || sliceNumber(host.slice) === slice);
  if (there !== undefined) return there;
  const node = plan.nodes.find(({ names }) => target.startsWith(`${names[0] ?? ''}:`));
  if (node !== undefined) sliceOf(found, node);
  throw new NotFoundError(`nothing of cluster ${found.name} leads to ${target}`);
}

function parse(text: string) {
  const request = parsePublish(text);
  if (request !== undefined) return request;
  throw new UsageError(`${text} is not of the form [ADDRESS:][HOSTPORT:]NODE:PORT`, {
    hint: 'such as node1:22, 2222:node1:22, 0.0.0.0:2222:node1:22 or rapi',
  });
}
