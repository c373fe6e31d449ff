import { type ContainerSummary, type Engine, type Labels, methodScopes } from '../../engine/engine.ts';
import type { EngineError } from '../../errors.ts';
import { isSlice, label } from '../../plan/labels.ts';

type Scopes = typeof methodScopes;
type MethodName = keyof Scopes;
type Scope = Scopes[MethodName];
type NamesOf<S extends Scope> = { [Name in MethodName]: Scopes[Name] extends S ? Name : never }[MethodName];
type MethodsOf<S extends Scope> = Pick<Engine, NamesOf<S>>;

/** A method with any name and any parameters.  Calls are only forwarded here. */
type Method = (...args: readonly unknown[]) => unknown;

/** The default engine, plus the containers, networks and volumes of the clusters in `routes` on other engines. */
export function routedEngine(first: Engine, routes: Routes): Engine {
  const ownerOf = (key: string) => routes.of(key) ?? first;
  return { ...first, ...ownerMethods(ownerOf), ...searchMethods(first, routes), ...networkRemoval(first, routes) };
}

function ownerMethods(ownerOf: (key: string) => Engine): MethodsOf<'owner'> {
  return makeMethods(
    'owner',
    (name) =>
      (key, ...args) =>
        (ownerOf(key as string)[name] as Method)(key, ...args),
  );
}

/** Two connections to the same engine find the same objects: each is returned once. */
function searchMethods(first: Engine, routes: Routes): MethodsOf<'all'> {
  return {
    findContainers: async (labels) => {
      const more = routes.find(labels, (engine, theirs) => engine.findContainers(theirs), containerKeys);
      return distinct(await Promise.all([first.findContainers(labels), more]), ({ id }) => id);
    },
    findNetworks: async (labels) => {
      const more = routes.find(
        labels,
        (engine, theirs) => engine.findNetworks(theirs),
        ({ id }) => [id],
      );
      const here = await first.findNetworks(labels);
      routes.note(
        first,
        here.map(({ id }) => id),
      );
      return distinct([here, await more], ({ id }) => id);
    },
    findVolumes: async (labels) => {
      const more = routes.find(
        labels,
        (engine, theirs) => engine.findVolumes(theirs),
        ({ name }) => [name],
      );
      return distinct(await Promise.all([first.findVolumes(labels), more]), ({ name }) => name);
    },
  };
}

function networkRemoval(first: Engine, routes: Routes): MethodsOf<'owners'> {
  return {
    removeNetwork: async (network) => {
      // All engines of a swarm list its networks, but only managers can remove them.  Each engine knows whether it is a
      // manager.
      const engines = routes.allOf(network);
      await Promise.all((engines.length === 0 ? [first] : engines).map((engine) => engine.removeNetwork(network)));
    },
  };
}

function distinct<T>(lists: readonly (readonly T[])[], keyOf: (item: T) => string): readonly T[] {
  const byKey = new Map<string, T>();
  for (const item of lists.flat()) if (!byKey.has(keyOf(item))) byKey.set(keyOf(item), item);
  return [...byKey.values()];
}

/** Stands for a default engine that cannot be reached: it finds nothing, and everything else fails with `error`. */
export function absentEngine(error: EngineError): Engine {
  const refuse = () => Promise.reject(error);
  return {
    endpoint: 'none',
    ...makeMethods('all', () => () => Promise.resolve([])),
    ...makeMethods('default', () => refuse),
    ...makeMethods('owner', () => refuse),
    ...makeMethods('owners', () => refuse),
    followLogs: () => {
      throw error;
    },
  };
}

function makeMethods<S extends Scope>(scope: S, make: (name: NamesOf<S>) => Method): MethodsOf<S> {
  const isInScope = (name: MethodName): name is NamesOf<S> => methodScopes[name] === scope;
  const names = (Object.keys(methodScopes) as MethodName[]).filter(isInScope);
  // `Object.fromEntries` loses the types of the methods.
  return Object.fromEntries(names.map((name) => [name, make(name)])) as unknown as MethodsOf<S>;
}

/**
 * Remembers which engines other than the default one have which objects.  An object's key is its id or the name of a
 * slice or volume; names of other containers are not unique across engines.
 */
export interface Routes {
  /** Adds engines on which `find` searches for objects of this cluster. */
  readonly join: (cluster: string, engines: readonly Engine[]) => void;
  /** The engine that has the object; the last one noted, if several have it. */
  readonly of: (key: string) => Engine | undefined;
  /** All engines that have the object: all engines of a swarm have its networks. */
  readonly allOf: (key: string) => readonly Engine[];
  readonly note: (engine: Engine, keys: readonly string[]) => void;
  /** Searches each joined engine for objects of its clusters, and notes the keys of what it finds. */
  readonly find: <T>(labels: Labels, find: FindIn<T>, keys: (found: T) => readonly string[]) => Promise<readonly T[]>;
}

type FindIn<T> = (engine: Engine, labels: Labels) => Promise<readonly T[]>;

export function makeRoutes(): Routes {
  const owners = new Map<string, Set<Engine>>();
  const enginesOf = new Map<string, ReadonlySet<Engine>>();
  const allOf: Routes['allOf'] = (key) => [...(owners.get(key) ?? [])];
  const note: Routes['note'] = (engine, keys) => {
    for (const key of keys) owners.set(key, new Set([...allOf(key).filter((one) => one !== engine), engine]));
  };
  return {
    join: (cluster, engines) => {
      enginesOf.set(cluster, new Set([...(enginesOf.get(cluster) ?? []), ...engines]));
    },
    of: (key) => allOf(key).at(-1),
    allOf,
    note,
    find: async (labels, find, keys) => {
      const wanted = labels[label.cluster] ?? '';
      const clusters = [...enginesOf].filter(([cluster]) => wanted === '' || wanted === cluster);
      const searches = clusters.flatMap(([cluster, engines]) =>
        [...engines].map(async (engine) => {
          const found = await find(engine, { ...labels, [label.cluster]: cluster });
          note(engine, found.flatMap(keys));
          return found;
        }),
      );
      return (await Promise.all(searches)).flat();
    },
  };
}

export function containerKeys(container: ContainerSummary): readonly string[] {
  return isSlice(container) ? [container.id, container.name] : [container.id];
}
