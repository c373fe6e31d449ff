import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineProvider } from '../../engine/engine-provider.ts';
import type { ContainerSummary, Engine } from '../../engine/engine.ts';
import { EngineError } from '../../errors.ts';
import { type Gathered, gatherSlices } from './gather.ts';
import { absentEngine, containerKeys, makeRoutes, routedEngine } from './routed-engine.ts';

/** An engine that is several: what is done to a container goes to the engine that has it, and the rest to the one at hand. */
export interface MultiEngine extends Engine {
  readonly finder: ClusterFinder;
}

export interface ClusterFinder {
  /** Why there is no engine at hand, when there is none; then only clusters that hints tell of can be found. */
  readonly absent: EngineError | undefined;
  /** names of clusters that hints tell of, sorted */
  readonly cachedNames: () => Promise<readonly string[]>;
  /**
   * Finds the slices of a cluster on its other hosts; from then on, they belong to this engine.
   *
   * @param found those that the engine at hand has; none: hints must do
   */
  readonly gather: (cluster: string, found: readonly ContainerSummary[]) => Promise<Gathered>;
  /** The one engine that has a container, by its id, or the name of a slice. */
  readonly engineOf: (container: string) => Engine;
  /** Forgets where the hosts of a cluster are. */
  readonly forget: (cluster: string) => Promise<void>;
}

/**
 * The engine at hand, and with it those of other hosts, which are connected when a cluster turns out to be on them.
 *
 * @param stateDirectory where hints are kept
 * @throws {EngineError} when there is none at hand, nor any hint of others
 */
export async function connectMultiEngine(engines: EngineProvider, stateDirectory: string): Promise<MultiEngine> {
  const cachedNames = () => hintedClusters(stateDirectory);
  const atHand = await engines.engine().catch(async (error: unknown) => {
    if (error instanceof EngineError && (await cachedNames()).length > 0) return error;
    throw error;
  });
  const absent = atHand instanceof EngineError ? atHand : undefined;
  const first = atHand instanceof EngineError ? absentEngine(atHand) : atHand;
  const routes = makeRoutes();
  const engineOf = (container: string) => routes.of(container) ?? first;
  const gather: ClusterFinder['gather'] = async (cluster, found) => {
    const readFile: Engine['readFile'] = (container, path) => engineOf(container).readFile(container, path);
    const hints = () => readHosts(stateDirectory, cluster);
    const { visited, ...gathered } = await gatherSlices({ cluster, connect: engines.connect, hints, readFile }, found);
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

/** `undefined` for an engine that is one. */
export function clusterFinderOf(engine: Engine): ClusterFinder | undefined {
  return isMultiEngine(engine) ? engine.finder : undefined;
}

function isMultiEngine(engine: Engine): engine is MultiEngine {
  return 'finder' in engine;
}

/** The one engine that has a container, for what is to be made beside it. */
export function engineOf(engine: Engine, container: string): Engine {
  return clusterFinderOf(engine)?.engineOf(container) ?? engine;
}

/**
 * Where the hosts of clusters are that the engine at hand may know nothing of: a file for each cluster, with an endpoint a line, in
 * the order of its slices.  It is a hint, as `known_hosts` is: nothing is lost with it, for each slice's plan tells of all hosts.
 */
async function readHosts(stateDirectory: string, cluster: string): Promise<readonly string[]> {
  if (!nameOfFile.test(cluster)) return [];
  const text = await readFile(join(stateDirectory, folder, cluster), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

/** Names of the clusters that there are hints of, sorted. */
async function hintedClusters(stateDirectory: string): Promise<readonly string[]> {
  const names = await readdir(join(stateDirectory, folder)).catch(() => []);
  return names.filter((name) => nameOfFile.test(name)).sort();
}

/** @param endpoints as in a plan, in the order of the slices */
export async function rememberHosts(
  stateDirectory: string,
  cluster: string,
  endpoints: readonly string[],
): Promise<void> {
  const file = join(stateDirectory, folder, cluster);
  const draft = join(stateDirectory, folder, `.${cluster}.${randomBytes(4).toString('hex')}`);
  await mkdir(join(stateDirectory, folder), { recursive: true });
  await writeFile(draft, endpoints.map((endpoint) => `${endpoint}\n`).join(''), { mode: 0o600 });
  await rename(draft, file);
}

export async function forgetHosts(stateDirectory: string, cluster: string): Promise<void> {
  if (!nameOfFile.test(cluster)) return;
  // Where it cannot be removed, there is none; and it is no more than a hint.
  await rm(join(stateDirectory, folder, cluster), { force: true }).catch(() => undefined);
}

const folder = 'hosts';

/** What a cluster may be called; nothing that leads to another folder. */
const nameOfFile = /^[a-z0-9][a-z0-9-]*$/;
