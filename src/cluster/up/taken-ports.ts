import type { Engine, PortBinding } from '../../engine/engine.ts';
import { ofCluster } from '../../plan/labels.ts';

/** Ports of the engine's machine that clusters have, by slices and relays, also by stopped ones: theirs are pinned. */
export async function takenPorts(engine: Engine, protocol: 'tcp' | 'udp' = 'tcp'): Promise<readonly number[]> {
  const containers = await engine.findContainers(ofCluster());
  const details = await Promise.all(containers.map(({ id }) => engine.inspectContainer(id)));
  return details.flatMap((container) => portsOf(container?.ports ?? [], protocol));
}

function portsOf(ports: readonly PortBinding[], wanted: PortBinding['protocol']): readonly number[] {
  return ports.filter(({ protocol }) => protocol === wanted).map(({ hostPort }) => hostPort);
}
