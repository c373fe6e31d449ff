import type { ContainerDetails, Engine } from '../../engine/engine.ts';
import { isSlice, ofCluster } from '../../plan/labels.ts';

/** The relay containers of a cluster, running or not, by the port that they publish. */
export async function findRelays(engine: Engine, cluster: string): Promise<readonly ContainerDetails[]> {
  const found = (await engine.findContainers(ofCluster(cluster))).filter((container) => !isSlice(container));
  const details = await Promise.all(found.map(({ id }) => engine.inspectContainer(id)));
  return details.flatMap((relay) => relay ?? []).sort((a, b) => hostPort(a) - hostPort(b));
}

function hostPort({ ports }: ContainerDetails): number {
  return ports[0]?.hostPort ?? 0;
}
