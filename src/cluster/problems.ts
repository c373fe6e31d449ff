import type { ContainerDetails, Engine } from '../engine/engine.ts';
import type { Report } from '../events.ts';
import { isSlice, label, ofCluster } from '../plan/labels.ts';
import { onAllHosts, type SliceHost } from './up/hosts.ts';

/** Something that the user must correct about a slice, or the relay of a published port. */
export interface ContainerProblem {
  /** name of the container */
  readonly container: string;
  readonly problem: string;
  readonly remedy: string;
}

/** The problems of the slices and relays on an engine, of one cluster or all. */
export async function findProblems(engine: Engine, cluster?: string): Promise<readonly ContainerProblem[]> {
  const containers = await engine.findContainers(ofCluster(cluster));
  const details = await Promise.all(containers.map(({ id }) => engine.inspectContainer(id)));
  return details.flatMap((container) => (container && problemOf(container)) ?? []);
}

/** Warns of published addresses that a host of a running cluster has lost. */
export async function warnOfProblems(hosts: readonly SliceHost[], cluster: string, report: Report): Promise<void> {
  const found = (await onAllHosts(hosts, ({ engine }) => findProblems(engine, cluster))).flat();
  for (const { problem, remedy } of found) report({ type: 'warning', message: problem, hint: remedy });
}

/** Why a container could not be started, or why its ports cannot be reached. */
function problemOf(container: ContainerDetails): ContainerProblem | undefined {
  const { name, state, startError, missingAddresses, labels, ports } = container;
  const cluster = labels[label.cluster] ?? '';
  const recreate = `recreate the cluster: vcluster-box down ${cluster}`;
  if (state !== 'running') {
    const remedy = `correct this and run vcluster-box start ${cluster}, or ${recreate}`;
    return startError === '' ? undefined : { container: name, problem: startError, remedy };
  }
  const lost = ports.find(({ hostAddress }) => missingAddresses.includes(hostAddress));
  if (lost === undefined) return undefined;
  const { hostAddress: address, hostPort: port } = lost;
  const remove = `stop publishing it: vcluster-box -c ${cluster} port rm ${port}`;
  return {
    container: name,
    problem: `port ${port} cannot be reached on ${address}, which is no longer an address of the engine's host`,
    remedy: `give the host the address again, or ${isSlice(container) ? recreate : remove}`,
  };
}
