import type { ContainerSummary, Engine, Labels } from '../../engine/engine.ts';
import { isSlice, label } from '../../plan/labels.ts';

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
