/**
 * vcluster-box as a library: Ganeti clusters for the tests of other programs.
 *
 * The library does not print, end the process or listen to its signals.  Every expected failure is a `VclusterError`
 * with a `message` that says what went wrong and usually a `hint` that says what to do.
 *
 * @module
 */
import type { ListedCluster } from './cluster/list.ts';
import type { Engine } from './engine/engine.ts';
import type { EngineProvider } from './engine/engine-provider.ts';
import type { Environment } from './engine/locate/candidates.ts';
import { homeDirectory } from './engine/locate/home-directory.ts';
import type { Cluster } from './library/cluster.ts';
import type { ConnectOptions, UpOptions } from './library/options.ts';
import { packageVersion } from './package-files.ts';

export type { ListedCluster } from './cluster/list.ts';
export type { ClusterHost } from './cluster/cluster-hosts.ts';
export type { NodeStatus } from './cluster/status.ts';
export type { ClusterStatus } from './cluster/status.ts';
export type { Event } from './events.ts';
export type { AddNodesOptions, Cluster, ClusterNode, Lifecycle, Ports } from './library/cluster.ts';
export type { ExecOptions, ExecResult } from './library/exec.ts';
export type { ClusterOptions, GroupOptions, HostOptions, NodeOptions } from './library/cluster-options.ts';
export type { ConnectOptions, UpOptions } from './library/options.ts';
export type { PublishedPort } from './cluster/ports/published.ts';
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
 * Creates a cluster, or starts it if it exists, and resolves when it answers.
 *
 * If this fails or is aborted, everything it created is removed.
 *
 * @throws {UsageError} when options are invalid, listing every problem
 * @throws {ConflictError} when the cluster exists with different options
 * @throws {VclusterError} of another class when the cluster cannot be started
 */
export async function up(options: UpOptions = {}): Promise<Cluster> {
  const [{ upCluster }, { stateDirectory }] = await Promise.all([
    import('./library/up-cluster.ts'),
    import('./cluster/up/state-directory.ts'),
  ]);
  const upEnvironment = { version: packageVersion(), stateDirectory: stateDirectory(environment()) };
  const { engine, ...rest } = options;
  const engines = { ...(await engineProvider(engine)), engine: () => connectTo({ engine, onEvent: rest.onEvent }) };
  return upCluster(engines, rest, upEnvironment);
}

/**
 * Opens an existing cluster, running or not.
 *
 * @param name default: the only existing cluster, otherwise `vcluster`
 * @throws {NotFoundError} naming the existing clusters
 */
export async function connect(name?: string, options: ConnectOptions = {}): Promise<Cluster> {
  const { openCluster } = await import('./library/open-cluster.ts');
  const { onEvent: report = ignore } = options;
  return openCluster(await connectTo(options), name, { report });
}

/** Lists all clusters, sorted by name. */
export async function list(options: ConnectOptions = {}): Promise<readonly ListedCluster[]> {
  const { listClusters } = await import('./cluster/list.ts');
  return listClusters(await connectTo(options));
}

/**
 * Removes a cluster and everything that was created for it.
 *
 * @returns whether the cluster existed
 */
export async function down(name: string, options: ConnectOptions = {}): Promise<boolean> {
  const { removeClusters } = await import('./cluster/down.ts');
  const { onEvent: report = ignore } = options;
  const { clusters } = await removeClusters(await connectTo(options), [name], report);
  return clusters.length > 0;
}

const ignore = (): void => undefined;

/** Modules are loaded on demand, so that importing the library is cheap. */
async function connectTo({ engine, onEvent = ignore }: ConnectOptions): Promise<Engine> {
  const { connectMultiEngine } = await import('./cluster/multi-engine/multi-engine.ts');
  const { stateDirectory } = await import('./cluster/up/state-directory.ts');
  const { removeExpired } = await import('./cluster/expired.ts');
  const connected = await connectMultiEngine(await engineProvider(engine), stateDirectory(environment()), onEvent);
  return removeExpired(connected, new Date(), onEvent);
}

async function engineProvider(engine?: string): Promise<EngineProvider> {
  const { createEngineProvider } = await import('./engine/locate/connect-engine.ts');
  return createEngineProvider(environment(), engine);
}

/** The library finds the engine in the same way as the command line. */
function environment(): Environment {
  return { env: process.env, home: homeDirectory(), uid: process.getuid?.() ?? 0 };
}
