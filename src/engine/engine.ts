import type { Readable } from 'node:stream';
import type {
  BuildRequest,
  ContainerDetails,
  ContainerSettings,
  ContainerSummary,
  EngineInfo,
  ExecCommand,
  ExecStreams,
  FileToWrite,
  ImageSummary,
  Labels,
  Limits,
  LogLine,
  LogOptions,
  NetworkSettings,
  NetworkSummary,
  OnLine,
  PathDetails,
  VolumeSummary,
} from './engine-types.ts';

export type * from './engine-types.ts';

/**
 * Everything that vcluster-box needs from a container engine.  To add a method, add it here (to the interface and to
 * `methodScopes`), and to the file of that name: `containers.ts`, `images.ts` and so on.
 *
 * Every method throws `EngineError` if the engine refuses or cannot be reached.  Methods that take a `signal` throw its
 * `reason` when it aborts.
 */
export interface Engine extends Containers, Logs, Archives, Exec, NetworksAndVolumes, Images {
  /** as in `DOCKER_HOST`, for messages: `unix:///var/run/docker.sock` */
  readonly endpoint: string;
  readonly describe: () => Promise<EngineInfo>;
}

export interface Containers {
  /** Includes stopped containers, but not those that only have the labels of their image. */
  readonly findContainers: (labels: Labels) => Promise<readonly ContainerSummary[]>;
  /** @returns `undefined` if no container has that name or id */
  readonly inspectContainer: (container: string) => Promise<ContainerDetails | undefined>;
  /** The engine's own `inspect` output, for bug reports.  `undefined` if no container has that name or id. */
  readonly inspectRaw: (container: string) => Promise<unknown>;
  /** @returns the new container's id. @throws {NameTakenError} if the name is in use */
  readonly createContainer: (name: string, settings: ContainerSettings) => Promise<string>;
  /**
   * Connects a stopped container to the network that now has the name of one of its networks, with the same aliases and
   * requested address.
   */
  readonly reconnectNetwork: (container: string, network: string) => Promise<void>;
  /** Does nothing if the container is running. @throws {PortTakenError} if a host port is in use */
  readonly startContainer: (container: string) => Promise<void>;
  /** Sends SIGTERM, and SIGKILL after `graceSeconds`.  Does nothing if the container is stopped or does not exist. */
  readonly stopContainer: (container: string, graceSeconds: number) => Promise<void>;
  /** Freezes all processes. @throws {EngineError} if the container is not running, or is paused */
  readonly pauseContainer: (container: string) => Promise<void>;
  /** @throws {EngineError} if the container is not paused */
  readonly unpauseContainer: (container: string) => Promise<void>;
  /** Kills a running container; also removes its anonymous volumes.  Does nothing if the container does not exist. */
  readonly removeContainer: (container: string) => Promise<void>;
  /**
   * Removes a container unless it is running, paused or restarting.  The engine checks this itself, so there is no race
   * with a concurrent start.
   *
   * @returns whether the container is gone
   */
  readonly removeStopped: (container: string) => Promise<boolean>;
  /** Changes the limits of a container, even while it is running.  Limits left out stay unchanged. */
  readonly updateLimits: (container: string, limits: Limits) => Promise<void>;
}

export interface Logs {
  /**
   * Yields the lines of a container's log, without line ends, until the container stops.  Ends without an error if
   * `signal` aborts.  Docker can lose a last line without a line end.
   */
  readonly followLogs: (container: string, options: LogOptions) => AsyncIterable<LogLine>;
}

/** All of these work on stopped containers, too. */
export interface Archives {
  /** @returns `undefined` if the file does not exist */
  readonly readFile: (container: string, path: string) => Promise<Buffer | undefined>;
  /** Writes files and missing parent directories as root. */
  readonly writeFiles: (container: string, files: readonly FileToWrite[]) => Promise<void>;
  /** Does not follow `path` if it is a symlink.  `undefined` if the path does not exist. */
  readonly inspectPath: (container: string, path: string) => Promise<PathDetails | undefined>;
  /**
   * Returns a tar stream of a file, or of a directory with everything below it.  The first entry has the name of the
   * last component of `path`.  Does not follow symlinks.  The caller must read the stream to its end or destroy it.
   */
  readonly readArchive: (container: string, path: string, signal: AbortSignal) => Promise<Readable>;
  /**
   * Extracts a tar stream into an existing directory, with the owners and modes of its entries.  Replaces existing
   * files and merges directories.  After a failure, the entries extracted so far remain.
   *
   * @throws the error of the stream, if that fails
   */
  readonly writeArchive: (container: string, directory: string, tar: Readable, signal: AbortSignal) => Promise<void>;
}

export interface Exec {
  /**
   * Runs a command in a running container, like `docker exec`, and waits until it ends.  Writes output as fast as the
   * streams accept it and leaves the streams open.
   *
   * @returns the exit status, 0-255; 126 and 127 mean that the command could not be started
   * @throws {OutputClosedError} if the reader of stdout or stderr closes it; the command itself continues
   * @throws {OutputError} if stdout cannot be written; the command itself continues
   */
  readonly exec: (container: string, command: ExecCommand, streams: ExecStreams) => Promise<number>;
}

export interface NetworksAndVolumes {
  readonly findNetworks: (labels: Labels) => Promise<readonly NetworkSummary[]>;
  /** All networks of the engine, to find out which subnets are in use. */
  readonly listNetworks: () => Promise<readonly NetworkSummary[]>;
  /**
   * @returns the new network's id
   * @throws {NameTakenError} if the name is in use
   * @throws {AddressPoolError} if the engine has no free subnet, or the requested one overlaps with another network
   */
  readonly createNetwork: (network: NetworkSettings) => Promise<string>;
  /** Does nothing if the network does not exist, or belongs to a swarm that this engine does not manage. */
  readonly removeNetwork: (network: string) => Promise<void>;
  readonly findVolumes: (labels: Labels) => Promise<readonly VolumeSummary[]>;
  /** Does nothing if the volume does not exist. */
  readonly removeVolume: (volume: string) => Promise<void>;
}

export interface Images {
  readonly findImages: (labels: Labels) => Promise<readonly ImageSummary[]>;
  /** @returns `undefined` if the image does not exist */
  readonly inspectImage: (image: string) => Promise<ImageSummary | undefined>;
  /**
   * Checks that the image's registry has it, without pulling it.
   *
   * @throws {EngineError} if the registry does not have the image, or does not answer within 10 s
   */
  readonly findInRegistry: (image: string) => Promise<void>;
  /** @throws {EngineError} if the registry does not have the image, or does not answer */
  readonly pullImage: (image: string, onLine: OnLine, signal?: AbortSignal) => Promise<void>;
  /** Returns a tar stream like `docker save`.  The caller must read it to its end or destroy it. */
  readonly saveImage: (image: string, signal: AbortSignal) => Promise<Readable>;
  /**
   * Loads an image from such a stream, which can be compressed with gzip.
   *
   * @throws the error of the stream, if that fails
   */
  readonly loadImage: (tar: Readable, signal: AbortSignal) => Promise<void>;
  readonly tagImage: (image: string, tag: string) => Promise<void>;
  /**
   * Creates an image with one layer from a tar stream of a root file system.
   *
   * @throws the error of the stream, if that fails
   */
  readonly importImage: (tag: string, rootfs: Readable, labels: Labels) => Promise<void>;
  /** @throws {BuildFailedError} with the last lines of the failed step */
  readonly buildImage: (request: BuildRequest, onLine: OnLine) => Promise<void>;
  /**
   * Removes a tag, and the image with its last tag.  Does nothing if the image does not exist.
   *
   * @throws {EngineError} if a container uses the image
   */
  readonly removeImage: (image: string) => Promise<void>;
}

/**
 * Where each method runs if a command uses several engines:
 *
 * - `default`: on the default engine
 * - `owner`: on the engine that has the container or volume named by the first parameter
 * - `owners`: on all engines that have the network named by the first parameter
 * - `all`: on all engines; the results are combined
 */
export const methodScopes = {
  describe: 'default',
  findContainers: 'all',
  inspectContainer: 'owner',
  inspectRaw: 'owner',
  createContainer: 'default',
  reconnectNetwork: 'owner',
  startContainer: 'owner',
  stopContainer: 'owner',
  pauseContainer: 'owner',
  unpauseContainer: 'owner',
  removeContainer: 'owner',
  removeStopped: 'owner',
  updateLimits: 'owner',
  followLogs: 'owner',
  readFile: 'owner',
  writeFiles: 'owner',
  inspectPath: 'owner',
  readArchive: 'owner',
  writeArchive: 'owner',
  exec: 'owner',
  findNetworks: 'all',
  listNetworks: 'default',
  createNetwork: 'default',
  removeNetwork: 'owners',
  findVolumes: 'all',
  removeVolume: 'owner',
  findImages: 'default',
  inspectImage: 'default',
  findInRegistry: 'default',
  pullImage: 'default',
  saveImage: 'default',
  loadImage: 'default',
  tagImage: 'default',
  importImage: 'default',
  buildImage: 'default',
  removeImage: 'default',
} as const satisfies Readonly<Record<Exclude<keyof Engine, 'endpoint'>, 'default' | 'owner' | 'owners' | 'all'>>;
