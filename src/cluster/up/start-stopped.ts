import type { ContainerDetails, Engine } from '../../engine/engine.ts';
import { ConflictError } from '../../errors.ts';
import { givenBefore, label } from '../../plan/labels.ts';
import { networkName } from '../../plan/names.ts';
import { runStep, skipStep } from '../../steps.ts';
import type { Cluster } from '../find.ts';
import { inspectSlices, isHealthy } from '../inspect.ts';
import { requireComplete } from '../availability.ts';
import { startRelays } from '../ports/published.ts';
import { type Boot, requireAnswer, waitReady } from './follow-boot.ts';
import { onAllHosts, type SliceHost } from './hosts.ts';
import { ensureNetwork, overlayNetwork, startExisting } from './network.ts';
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
  /** whether the slices run and answer */
  readonly awake: boolean;
  readonly boot: Boot;
  /** Publishes further ports. @returns whether there was anything to do */
  readonly publish?: () => Promise<boolean>;
}

/**
 * Starts what is stopped of a cluster: slices, and relays of published ports.  Waits until the cluster answers.
 *
 * @returns whether there was anything to do
 * @throws {PortTakenError} when a port is in use
 * @throws {SliceError} when the cluster does not become ready, or does not answer; nothing is removed
 * @throws {EngineError} at the end, when a host cannot be reached
 */
export async function startStopped(
  hosts: readonly SliceHost[],
  { name, slices, missing }: Cluster,
  { awake, boot, publish }: Starting,
): Promise<boolean> {
  const { report } = boot;
  if (slices.every(({ state }) => state === 'running')) skipStep(report, steps.container);
  else await runStep(report, steps.container, () => startStoppedSlices(hosts, name));
  const relays = await onAllHosts(hosts, ({ engine }) => startRelays(engine, name));
  const published = await publish?.();
  if (awake) for (const step of boot.steps) skipStep(report, step);
  else {
    await waitReady(hosts, boot);
    await requireAnswer(hosts, name);
  }
  requireComplete(`cluster ${name} was started`, missing);
  return !awake || published === true || relays.some((count) => count > 0);
}

async function startStoppedSlices(hosts: readonly SliceHost[], cluster: string): Promise<void> {
  const found = await onAllHosts(hosts, async (host) => {
    const slice = await host.engine.inspectContainer(host.container);
    return slice === undefined || slice.state === 'running' ? [] : [{ ...host, slice }];
  });
  const stopped = found.flat();
  await restoreNetworks(hosts, stopped, cluster);
  const otherwise = `recreate the cluster: vcluster-box down ${cluster}`;
  await onAllHosts(stopped, ({ engine, slice }) => startExisting(engine, slice, otherwise));
}

type StoppedSlice = SliceHost & { readonly slice: ContainerDetails };

/** Recreates the networks that `up` has created: one on each host, or one in the swarm. */
async function restoreNetworks(hosts: readonly SliceHost[], stopped: readonly StoppedSlice[], cluster: string) {
  const name = networkName(cluster);
  const settings = ({ slice }: StoppedSlice) => ({ name, labels: networkLabels(slice.labels) });
  const affected = stopped.filter(({ slice }) => slice.network === name);
  const [inSwarm] = affected.filter(({ slice }) => !hasOwnNetwork(slice));
  await onAllHosts(
    affected.filter(({ slice }) => hasOwnNetwork(slice)),
    (host) => ensureNetwork(host.engine, settings(host)),
  );
  if (inSwarm === undefined) return;
  const infos = await onAllHosts(hosts, ({ engine }) => engine.describe());
  const manager = hosts.find((_, index) => infos[index]?.swarm?.manager === true);
  const encrypted = givenBefore(inSwarm.slice).encrypted === true;
  if (manager !== undefined) await ensureNetwork(manager.engine, overlayNetwork(settings(inSwarm), encrypted));
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
