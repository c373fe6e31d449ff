/**
 * vcluster-box as a library: whole Ganeti clusters for the tests of other programs.
 *
 * Nothing here prints, ends the process or listens to its signals.  Every failure that is foreseen is a `VclusterError`
 * with a `message` that says what went wrong and mostly a `hint` that says what to do.
 *
 * @module
 */
import { homedir } from 'node:os';
import type { ListedCluster } from './cluster/list.ts';
import type { Engine } from './engine/engine.ts';
import type { EngineProvider } from './engine/engine-provider.ts';
import type { Environment } from './engine/locate/candidates.ts';
import type { Cluster } from './library/cluster.ts';
import type { ConnectOptions, UpOptions } from './library/options.ts';

export type { ListedCluster } from './cluster/list.ts';
export type { ClusterHost } from './cluster/cluster-hosts.ts';
export type { NodeStatus } from './cluster/node-status.ts';
export type { ClusterStatus } from './cluster/status.ts';
export type { Event } from './events.ts';
export type { AddNodesOptions, Cluster, ClusterNode, Lifecycle, Ports } from './library/cluster.ts';
export type { ExecOptions, ExecResult } from './library/exec.ts';
export type { ClusterOptions, GroupOptions, HostOptions, NodeOptions } from './library/cluster-options.ts';
export type { ConnectOptions, UpOptions } from './library/options.ts';
export type { PublishedPort } from './cluster/ports/published-port.ts';
export type { Rapi, RapiAccess, RapiRequest } from './library/rapi.ts';
export {
  CommandFailedError,
  ConflictError,
  EngineError,
  ImageError,
  NotFoundError,
  RapiError,
  ResourceError,
  SliceError,
  UsageError,
  VclusterError,
} from './errors.ts';

/**
 * Makes a cluster, or brings one of that name that is there to running, and resolves when it answers.
 *
 * What was made is removed again when this fails or is aborted.
 *
 * @throws {UsageError} when the options cannot be, listing every problem
 * @throws {ConflictError} when there is a cluster of that name with other options
 * @throws {VclusterError} of the kind that says why there is no running cluster
 */
export async function up(options: UpOptions = {}): Promise<Cluster> {
  const [{ upCluster }, { stateDirectory }, version] = await Promise.all([
    import('./library/up-cluster.ts'),
    import('./cluster/up/state-directory.ts'),
    ownVersion(),
  ]);
  const world = { version, stateDirectory: stateDirectory(environment()) };
  const { engine, ...rest } = options;
  const engines = { ...(await engineProvider(engine)), engine: () => connectTo({ engine, onEvent: rest.onEvent }) };
  return upCluster(engines, rest, world);
}

/**
 * A cluster that is there, whoever made it.  It need not run.
 *
 * @param name left out: the only cluster there is, else `vcluster`
 * @throws {NotFoundError} naming those that exist
 */
export async function connect(name?: string, options: ConnectOptions = {}): Promise<Cluster> {
  const { openCluster } = await import('./library/open-cluster.ts');
  const { onEvent: report = ignore } = options;
  return openCluster(await connectTo(options), name, { report });
}

/** All clusters of the engine, sorted by name. */
export async function list(options: ConnectOptions = {}): Promise<readonly ListedCluster[]> {
  const { listClusters } = await import('./cluster/list.ts');
  return listClusters(await connectTo(options));
}

/**
 * Removes a cluster, with everything that was made for it.
 *
 * @returns whether there was one
 */
export async function down(name: string, options: ConnectOptions = {}): Promise<boolean> {
  const { removeClusters } = await import('./cluster/down.ts');
  const { onEvent: report = ignore } = options;
  const { clusters } = await removeClusters(await connectTo(options), [name], report);
  return clusters.length > 0;
}

const ignore = (): void => undefined;

/** The rest is loaded when it is needed, so that to import the library costs next to nothing. */
async function connectTo({ engine, onEvent = ignore }: ConnectOptions): Promise<Engine> {
  const { connectFleet } = await import('./cluster/fleet/fleet.ts');
  const { stateDirectory } = await import('./cluster/up/state-directory.ts');
  const { removeExpired } = await import('./cluster/expired.ts');
  const connected = await connectFleet(await engineProvider(engine), stateDirectory(environment()));
  await removeExpired(connected, new Date(), onEvent);
  return connected;
}

async function engineProvider(engine?: string): Promise<EngineProvider> {
  const { createEngineProvider } = await import('./engine/locate/connect-engine.ts');
  return createEngineProvider(environment(), engine);
}

/** By these, the same engine is found as on the command line. */
function environment(): Environment {
  return { env: process.env, home: homedir(), uid: process.getuid?.() ?? 0 };
}

async function ownVersion(): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
