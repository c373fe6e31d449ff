import type { Engine } from '../../engine/engine.ts';
import { containerKeys, type Routes } from './routes.ts';

/** The engine at hand, but what other engines have of the clusters that were looked for is there, too. */
export function routedEngine(first: Engine, routes: Routes): Engine {
  const at = (container: string) => routes.of(container) ?? first;
  return {
    ...first,
    ...findMethods(first, routes),
    inspectContainer: (container) => at(container).inspectContainer(container),
    inspectRaw: (container) => at(container).inspectRaw(container),
    startContainer: (container) => at(container).startContainer(container),
    stopContainer: (container, graceSeconds) => at(container).stopContainer(container, graceSeconds),
    pauseContainer: (container) => at(container).pauseContainer(container),
    unpauseContainer: (container) => at(container).unpauseContainer(container),
    removeContainer: (container) => at(container).removeContainer(container),
    removeStopped: (container) => at(container).removeStopped(container),
    updateLimits: (container, limits) => at(container).updateLimits(container, limits),
    followLogs: (container, options) => at(container).followLogs(container, options),
    readFile: (container, path) => at(container).readFile(container, path),
    writeFiles: (container, files) => at(container).writeFiles(container, files),
    inspectPath: (container, path) => at(container).inspectPath(container, path),
    readArchive: (container, path, signal) => at(container).readArchive(container, path, signal),
    writeArchive: (container, directory, tar, signal) => at(container).writeArchive(container, directory, tar, signal),
    exec: (container, command, streams) => at(container).exec(container, command, streams),
    removeNetwork: async (network) => {
      // Only a swarm's managers remove what all of them show; who that is, the engines know.
      const engines = routes.allOf(network);
      await Promise.all((engines.length === 0 ? [first] : engines).map((engine) => engine.removeNetwork(network)));
    },
    removeVolume: (volume) => at(volume).removeVolume(volume),
  };
}

/** Two ways to one engine show the same things twice: each is told of once. */
function findMethods(first: Engine, routes: Routes): Pick<Engine, 'findContainers' | 'findNetworks' | 'findVolumes'> {
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
      routes.share(
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

function distinct<T>(lists: readonly (readonly T[])[], keyOf: (thing: T) => string): readonly T[] {
  const byKey = new Map<string, T>();
  for (const thing of lists.flat()) if (!byKey.has(keyOf(thing))) byKey.set(keyOf(thing), thing);
  return [...byKey.values()];
}
