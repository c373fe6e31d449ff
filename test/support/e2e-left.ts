import type { Engine } from '../../src/engine/engine.ts';
import { ofCluster } from '../../src/plan/labels.ts';
import { containerName, networkName } from '../../src/plan/names.ts';

export interface Left {
  readonly containers: readonly string[];
  readonly networks: readonly string[];
}

export const nothingLeft: Left = { containers: [], networks: [] };

/**
 * Names of the remaining resources of a cluster, running or not, including those with its names but without its
 * labels.
 */
export async function leftOf(engine: Engine, cluster: string): Promise<Left> {
  const labelled = await engine.findContainers(ofCluster(cluster));
  const named = await engine.inspectContainer(containerName(cluster, 1));
  const networks = await engine.listNetworks();
  return {
    containers: [...new Set([...labelled, ...(named === undefined ? [] : [named])].map(({ name }) => name))],
    networks: networks.map(({ name }) => name).filter((name) => name === networkName(cluster)),
  };
}
