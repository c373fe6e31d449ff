import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineProvider } from '../../engine/engine-provider.ts';
import type { ContainerSummary, Engine } from '../../engine/engine.ts';
import { EngineError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import { type Gathered, gatherSlices } from './gather.ts';
import { absentEngine, containerKeys, makeRoutes, routedEngine } from './routed-engine.ts';

/**
 * Several engines behind one interface.  Operations on a container go to the engine that has it; all others go to the
 * default engine.
 */
export interface MultiEngine extends Engine {
  readonly finder: ClusterFinder;
}

export interface ClusterFinder {
  /** Why there is no default engine; only clusters in the host cache can be found then. */
  readonly absent: EngineError | undefined;
  /** names of the clusters in the host cache, sorted */
  readonly cachedNames: () => Promise<readonly string[]>;
  /**
   * Finds the slices of a cluster on its other hosts.  From then on, this engine includes them.
   *
   * @param found slices on the default engine; if empty, the host cache is used
   */
  readonly gather: (cluster: string, found: readonly ContainerSummary[]) => Promise<Gathered>;
  /** The engine that has a container, given its ID or the name of a slice. */
  readonly engineOf: (container: string) => Engine;
  /** Removes a cluster from the host cache. */
  readonly forget: (cluster: string) => Promise<void>;
}

/**
 * Connects to the default engine.  Engines of other hosts are connected when a cluster turns out to have slices on
 * them.
 *
 * @param stateDirectory contains the host cache
 * @throws {EngineError} when there is no default engine and the host cache is empty
 */
export async function connectMultiEngine(
  engines: EngineProvider,
  stateDirectory: string,
  report: Report = () => undefined,
): Promise<MultiEngine> {
  const warn = (message: string) => {
    report({ type: 'warning', message });
  };
  const cachedNames = () => readCachedNames(stateDirectory);
  const defaultEngine = await engines.engine(warn).catch(async (error: unknown) => {
    if (error instanceof EngineError && (await cachedNames()).length > 0) return error;
    throw error;
  });
  const absent = defaultEngine instanceof EngineError ? defaultEngine : undefined;
  const first = defaultEngine instanceof EngineError ? absentEngine(defaultEngine) : defaultEngine;
  const routes = makeRoutes();
  const engineOf = (container: string) => routes.of(container) ?? first;
  const gather: ClusterFinder['gather'] = async (cluster, found) => {
    const readFile: Engine['readFile'] = (container, path) => engineOf(container).readFile(container, path);
    const cachedEndpoints = () => readHosts(stateDirectory, cluster);
    const { visited, ...gathered } = await gatherSlices(
      { cluster, connect: engines.connect, cachedEndpoints, readFile },
      found,
    );
    const others = visited.filter(({ engine }) => engine !== first);
    for (const { engine, containers } of others) routes.note(engine, containers.flatMap(containerKeys));
    routes.join(
      cluster,
      others.map(({ engine }) => engine),
    );
    return gathered;
  };
  const forget = (cluster: string) => forgetHosts(stateDirectory, cluster);
  return { ...routedEngine(first, routes), finder: { absent, cachedNames, gather, engineOf, forget } };
}

/** `undefined` for a single engine. */
export function clusterFinderOf(engine: Engine): ClusterFinder | undefined {
  return isMultiEngine(engine) ? engine.finder : undefined;
}

function isMultiEngine(engine: Engine): engine is MultiEngine {
  return 'finder' in engine;
}

/** The engine that has a container; other containers are created there as well. */
export function engineOf(engine: Engine, container: string): Engine {
  return clusterFinderOf(engine)?.engineOf(container) ?? engine;
}

/**
 * Reads a cluster's hosts from the host cache, which lists hosts that the default engine might not know.  It has one
 * file per cluster, with one endpoint per line, in order of slice number.  Like `known_hosts`, it can be deleted
 * without losing anything: the plan of each slice lists all hosts.
 */
async function readHosts(stateDirectory: string, cluster: string): Promise<readonly string[]> {
  if (!nameOfFile.test(cluster)) return [];
  const text = await readFile(join(stateDirectory, folder, cluster), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

/** Names of the clusters in the host cache, sorted. */
async function readCachedNames(stateDirectory: string): Promise<readonly string[]> {
  const names = await readdir(join(stateDirectory, folder)).catch(() => []);
  return names.filter((name) => nameOfFile.test(name)).sort();
}

/**
 * Adds a cluster to the host cache; removes one that is only on the default engine, which is always searched.
 *
 * @param hosts as in the plan, in order of slice number
 */
export async function rememberHosts(
  stateDirectory: string,
  cluster: string,
  hosts: readonly { readonly endpoint: string }[],
): Promise<void> {
  const endpoints = hosts.map(({ endpoint }) => endpoint);
  if (endpoints.every((endpoint) => endpoint === 'default')) return forgetHosts(stateDirectory, cluster);
  const file = join(stateDirectory, folder, cluster);
  const draft = join(stateDirectory, folder, `.${cluster}.${randomBytes(4).toString('hex')}`);
  await mkdir(join(stateDirectory, folder), { recursive: true });
  await writeFile(draft, endpoints.map((endpoint) => `${endpoint}\n`).join(''), { mode: 0o600 });
  await rename(draft, file);
}

async function forgetHosts(stateDirectory: string, cluster: string): Promise<void> {
  if (!nameOfFile.test(cluster)) return;
  // If the file cannot be removed, it probably does not exist; otherwise an outdated entry does no harm.
  await rm(join(stateDirectory, folder, cluster), { force: true }).catch(() => undefined);
}

const folder = 'hosts';

/** Valid cluster names; none of them leads to another folder. */
const nameOfFile = /^[a-z0-9][a-z0-9-]*$/;
