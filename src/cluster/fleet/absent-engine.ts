import type { Engine } from '../../engine/engine.ts';
import type { EngineError } from '../../errors.ts';

/** Stands for an engine at hand that there is not: it has nothing, and whatever else is wanted of it fails with that error. */
export function absentEngine(error: EngineError): Engine {
  const refuse = () => Promise.reject(error);
  const nothing = () => Promise.resolve([]);
  return {
    endpoint: 'none',
    describe: refuse,
    findContainers: nothing,
    inspectContainer: refuse,
    inspectRaw: refuse,
    createContainer: refuse,
    startContainer: refuse,
    stopContainer: refuse,
    pauseContainer: refuse,
    unpauseContainer: refuse,
    removeContainer: refuse,
    removeStopped: refuse,
    updateLimits: refuse,
    followLogs: () => {
      throw error;
    },
    readFile: refuse,
    writeFiles: refuse,
    inspectPath: refuse,
    readArchive: refuse,
    writeArchive: refuse,
    exec: refuse,
    findNetworks: nothing,
    listNetworks: refuse,
    createNetwork: refuse,
    removeNetwork: refuse,
    findVolumes: nothing,
    removeVolume: refuse,
    findImages: refuse,
    inspectImage: refuse,
    findInRegistry: refuse,
    pullImage: refuse,
    saveImage: refuse,
    loadImage: refuse,
    tagImage: refuse,
    importImage: refuse,
    buildImage: refuse,
    removeImage: refuse,
  };
}
