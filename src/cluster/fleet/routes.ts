import type { ContainerSummary, Engine, Labels } from '../../engine/engine.ts';
import { isSlice, label } from '../../plan/labels.ts';

/** Which engine has what, beside the one at hand. */
export interface Routes {
  /** From now on, these are asked, too, for things of that cluster, and of no other; those that were before still are. */
  readonly join: (cluster: string, engines: readonly Engine[]) => void;
  /** @param key an id, or the name of a slice: other names may be in use on several engines */
  readonly of: (key: string) => Engine | undefined;
  /** All engines that have shown it: those of a swarm show one network each. */
  readonly allOf: (key: string) => readonly Engine[];
  /** Learns that an engine, which may be the one at hand, has shown these. */
  readonly share: (engine: Engine, keys: readonly string[]) => void;
  /** Learns where containers are. */
  readonly note: (engine: Engine, containers: readonly ContainerSummary[]) => void;
  /** What the members have: `find` is asked of each, for things of its clusters only, and `keys` are noted of what it finds. */
  readonly find: <T>(labels: Labels, find: FindIn<T>, keys: (found: T) => readonly string[]) => Promise<readonly T[]>;
}

type FindIn<T> = (engine: Engine, labels: Labels) => Promise<readonly T[]>;

export function makeRoutes(): Routes {
  const known = new Map<string, Engine>();
  const shown = new Map<string, Set<Engine>>();
  const share: Routes['share'] = (engine, keys) => {
    for (const key of keys) shown.set(key, (shown.get(key) ?? new Set<Engine>()).add(engine));
  };
  const members = new Map<string, readonly Engine[]>();
  const noteKeys = (engine: Engine, keys: readonly string[]) => {
    for (const key of keys) known.set(key, engine);
  };
  return {
    join: (cluster, engines) => {
      members.set(cluster, [...new Set([...(members.get(cluster) ?? []), ...engines])]);
    },
    of: (key) => known.get(key),
    allOf: (key) => [...(shown.get(key) ?? [])],
    share,
    note: (engine, containers) => {
      noteKeys(engine, containers.flatMap(containerKeys));
    },
    find: async (labels, find, keys) => {
      const wanted = labels[label.cluster] ?? '';
      const asked = [...members].filter(([cluster]) => wanted === '' || wanted === cluster);
      const found = asked.flatMap(([cluster, engines]) =>
        engines.map(async (engine) => {
          const things = await find(engine, { ...labels, [label.cluster]: cluster });
          noteKeys(engine, things.flatMap(keys));
          share(engine, things.flatMap(keys));
          return things;
        }),
      );
      return (await Promise.all(found)).flat();
    },
  };
}

export function containerKeys(container: ContainerSummary): readonly string[] {
  return isSlice(container) ? [container.id, container.name] : [container.id];
}
