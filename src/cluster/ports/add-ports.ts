import { parsePublish } from '../../config/publish.ts';
import type { Engine } from '../../engine/engine.ts';
import { UsageError } from '../../errors.ts';
import { nothingMade } from '../up/undo.ts';
import { findPortOwner } from './port-owner.ts';
import { publishPorts, type Published } from './publish.ts';
import { wantedPorts } from './wanted-port.ts';

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
  const owner = await findPortOwner(engine, name);
  const wanted = wantedPorts(requests, owner.plan);
  const made = nothingMade(engine);
  try {
    const published = await publishPorts(engine, owner, wanted, made);
    signal.throwIfAborted();
    return published;
  } catch (error) {
    await made.undo();
    throw error;
  }
}

function parse(text: string) {
  const request = parsePublish(text);
  if (request !== undefined) return request;
  throw new UsageError(`${text} is not of the form [ADDRESS:][HOSTPORT:]NODE:PORT`, {
    hint: 'such as node1:22, 2222:node1:22, 0.0.0.0:2222:node1:22 or rapi',
  });
}
