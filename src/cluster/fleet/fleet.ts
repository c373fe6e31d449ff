import type { ContainerSummary, Engine } from '../../engine/engine.ts';
import type { EngineProvider } from '../../engine/engine-provider.ts';
import { EngineError } from '../../errors.ts';
import { type Gathered, gatherSlices } from './gather.ts';
import { forgetHosts, hintedClusters, readHosts } from './hints.ts';
import { absentEngine, routedEngine } from './routed-engine.ts';
import { containerKeys, makeRoutes } from './routes.ts';

/** An engine that is several: what is done to a container goes to the engine that has it, and the rest to the one at hand. */
export interface FleetEngine extends Engine {
  readonly fleet: Fleet;
}

export interface Fleet {
  /** Why there is no engine at hand, when there is none; then only clusters that hints tell of can be found. */
  readonly absent: EngineError | undefined;
  /** names of clusters that hints tell of, sorted */
  readonly hinted: () => Promise<readonly string[]>;
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
export async function connectFleet(engines: EngineProvider, stateDirectory: string): Promise<FleetEngine> {
  const hinted = () => hintedClusters(stateDirectory);
  const atHand = await engines.engine().catch(async (error: unknown) => {
    if (error instanceof EngineError && (await hinted()).length > 0) return error;
    throw error;
  });
  const absent = atHand instanceof EngineError ? atHand : undefined;
  const first = atHand instanceof EngineError ? absentEngine(atHand) : atHand;
  const routes = makeRoutes();
  const engineOf = (container: string) => routes.of(container) ?? first;
  const gather: Fleet['gather'] = async (cluster, found) => {
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
  return { ...routedEngine(first, routes), fleet: { absent, hinted, gather, engineOf, forget } };
}

/** `undefined` for an engine that is one. */
export function fleetOf(engine: Engine): Fleet | undefined {
  return isFleet(engine) ? engine.fleet : undefined;
}

function isFleet(engine: Engine): engine is FleetEngine {
  return 'fleet' in engine;
}

/** The one engine that has a container, for what is to be made beside it. */
export function engineOf(engine: Engine, container: string): Engine {
  return fleetOf(engine)?.engineOf(container) ?? engine;
}
