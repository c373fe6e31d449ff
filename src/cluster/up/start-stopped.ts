import type { ContainerDetails, Engine } from '../../engine/engine.ts';
import { ConflictError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import { label } from '../../plan/labels.ts';
import { networkName } from '../../plan/names.ts';
import { runStep, skipStep } from '../../steps.ts';
import type { Cluster } from '../find.ts';
import { inspectSlices, isHealthy } from '../inspect.ts';
import { startRelays } from '../ports/published.ts';
import { onAllHosts, type SliceHost } from './hosts.ts';
import { ensureNetwork } from './network.ts';
import { startContainer } from '../ports/free-port.ts';
import { steps } from './steps.ts';

/**
 * Whether all slices run and answer, those that cannot be reached excepted.
 *
 * @throws {ConflictError} when the cluster is paused
 */
export async function isAwake(engine: Engine, cluster: Cluster): Promise<boolean> {
  const slices = await inspectSlices(engine, cluster);
  if (slices.some(({ state }) => state === 'paused')) {
    throw new ConflictError(`cluster ${cluster.name} is paused`, {
      hint: `resume it: vcluster-box unpause ${cluster.name}`,
    });
  }
  if (slices.some(({ state }) => state !== 'running')) return false;
  return (await Promise.all(slices.map(({ id }) => isHealthy(engine, id)))).every((healthy) => healthy);
}

export interface Starting {
  readonly report: Report;
  /** whether the slices run and answer */
  readonly awake: boolean;
  /** receives the ids of networks that are created */
  readonly onNetwork?: (host: SliceHost, id: string) => void;
}

/**
 * Starts what is stopped of a cluster: slices, and relays of published ports.
 *
 * @returns whether there was anything to do
 * @throws {PortTakenError} when a port is in use
 */
export async function startStopped(
  hosts: readonly SliceHost[],
  { name, slices }: Cluster,
  { report, awake, onNetwork = () => undefined }: Starting,
): Promise<boolean> {
  if (slices.every(({ state }) => state === 'running')) skipStep(report, steps.container);
  else {
    await runStep(report, steps.container, () =>
      onAllHosts(hosts, async (host) => {
        const details = await host.engine.inspectContainer(host.container);
        if (details !== undefined && details.state !== 'running') await startSlice(host, name, details, onNetwork);
      }),
    );
  }
  const relays = await onAllHosts(hosts, ({ engine }) => startRelays(engine, name));
  return !awake || relays.some((count) => count > 0);
}

async function startSlice(
  host: SliceHost,
  cluster: string,
  container: ContainerDetails,
  onNetwork: NonNullable<Starting['onNetwork']>,
): Promise<void> {
  const { engine } = host;
  if (hasOwnNetwork(container)) {
    const settings = { name: networkName(cluster), labels: networkLabels(container.labels) };
    const network = await ensureNetwork(engine, settings);
    if (network !== undefined) onNetwork(host, network);
  }
  const hint = `the cluster keeps its port: stop what uses it, or recreate the cluster: vcluster-box down ${cluster}`;
  await startContainer(engine, container.id, hint);
}

/** A slice of several that publishes no UDP port is on a network that other hosts have, too. */
function hasOwnNetwork({ labels, ports }: ContainerDetails): boolean {
  return Number(labels[label.slices] ?? 1) === 1 || ports.some(({ protocol }) => protocol === 'udp');
}

/** The container also has labels of its image, and the number of its slice. */
function networkLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const keys: readonly string[] = [label.cluster, label.spec, label.version, label.run, label.expires];
  return Object.fromEntries(Object.entries(labels).filter(([key]) => keys.includes(key)));
}
