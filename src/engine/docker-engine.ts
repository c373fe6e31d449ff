import type { DockerOptions } from 'dockerode';
import { buildImage } from './build-image.ts';
import type { Connection } from './connection.ts';
import { createContainer } from './create-container.ts';
import { describe } from './describe.ts';
import type { Engine } from './engine.ts';
import { exec } from './exec.ts';
import { findContainers } from './find-containers.ts';
import { findInRegistry } from './find-in-registry.ts';
import { followLogs } from './follow-logs.ts';
import { findImages, inspectImage, removeImage, tagImage } from './images.ts';
import { importImage } from './import-image.ts';
import { inspectContainer } from './inspect-container.ts';
import { inspectPath } from './inspect-path.ts';
import { inspectRaw } from './inspect-raw.ts';
import { createNetwork, findNetworks, removeNetwork } from './networks.ts';
import { pauseContainer, unpauseContainer } from './pause-container.ts';
import { loadImage, saveImage } from './move-image.ts';
import { pullImage } from './pull-image.ts';
import { readArchive } from './read-archive.ts';
import { readFile } from './read-file.ts';
import { removeContainer, removeStopped } from './remove-container.ts';
import { startContainer } from './start-container.ts';
import { stopContainer } from './stop-container.ts';
import { updateLimits } from './update-limits.ts';
import { findVolumes, removeVolume } from './volumes.ts';
import { writeArchive } from './write-archive.ts';
import { writeFiles } from './write-files.ts';

/** Makes an engine of a connection: each method is the function of that name. */
export function toEngine(connection: Connection): Engine {
  const bind =
    <Args extends unknown[], Result>(operation: (connection: Connection, ...args: Args) => Result) =>
    (...args: Args): Result =>
      operation(connection, ...args);
  return {
    endpoint: connection.endpoint,
    describe: bind(describe),
    findContainers: bind(findContainers),
    inspectContainer: bind(inspectContainer),
    inspectRaw: bind(inspectRaw),
    createContainer: bind(createContainer),
    startContainer: bind(startContainer),
    stopContainer: bind(stopContainer),
    pauseContainer: bind(pauseContainer),
    unpauseContainer: bind(unpauseContainer),
    removeContainer: bind(removeContainer),
    removeStopped: bind(removeStopped),
    updateLimits: bind(updateLimits),
    followLogs: bind(followLogs),
    readFile: bind(readFile),
    writeFiles: bind(writeFiles),
    inspectPath: bind(inspectPath),
    readArchive: bind(readArchive),
    writeArchive: bind(writeArchive),
    exec: bind(exec),
    findNetworks: bind(findNetworks),
    listNetworks: () => findNetworks(connection, {}),
    createNetwork: bind(createNetwork),
    removeNetwork: bind(removeNetwork),
    findVolumes: bind(findVolumes),
    removeVolume: bind(removeVolume),
    findImages: bind(findImages),
    inspectImage: bind(inspectImage),
    findInRegistry: bind(findInRegistry),
    pullImage: bind(pullImage),
    saveImage: bind(saveImage),
    loadImage: bind(loadImage),
    tagImage: bind(tagImage),
    importImage: bind(importImage),
    buildImage: bind(buildImage),
    removeImage: bind(removeImage),
  };
}

/** @param options where the engine is; nothing is taken from the environment */
export async function connect(endpoint: string, options: DockerOptions): Promise<Connection> {
  // Loading it takes more than 100 ms, which `--help` need not wait for.
  const { default: Docker } = await import('dockerode');
  return { docker: new Docker({ ...isolated, ...options }), endpoint };
}

/** What docker-modem would otherwise take from DOCKER_HOST, which it prefers to its options. */
const isolated = {
  host: undefined,
  port: undefined,
  socketPath: undefined,
  protocol: undefined,
  ca: undefined,
  cert: undefined,
  key: undefined,
  timeout: undefined,
  pathPrefix: undefined,
} as unknown as DockerOptions;
