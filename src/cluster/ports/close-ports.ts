import type { Engine } from '../../engine/engine.ts';
import { label } from '../../plan/labels.ts';
import { findRelays } from './relays.ts';

/**
 * Takes back the ports of a node that is gone: a later node may get its name and its address.
 *
 * @param node its full name
 */
export async function closePorts(engine: Engine, cluster: string, node: string): Promise<void> {
  const relays = await findRelays(engine, cluster);
  const closing = relays.filter(({ labels }) => (labels[label.port] ?? '').startsWith(`${node}:`));
  await Promise.all(closing.map(({ id }) => engine.removeContainer(id)));
}
