import type { Engine } from '../../engine/engine.ts';
import { ofCluster } from '../../plan/labels.ts';

/** Ports of the host that clusters have, also those that are stopped now: theirs are pinned. */
export async function publishedPorts(engine: Engine): Promise<readonly number[]> {
  const containers = await engine.findContainers(ofCluster());
  const details = await Promise.all(containers.map(({ id }) => engine.inspectContainer(id)));
  return details.flatMap((container) => container?.ports.map(({ hostPort }) => hostPort) ?? []);
}
