import type { Readable } from 'node:stream';
import type {
  BuildRequest,
  ContainerSettings,
  ExecCommand,
  ExecStreams,
  FileToWrite,
  FollowOptions,
  Labels,
  Limits,
  NetworkSettings,
  OnLine,
} from './asked.ts';
import type {
  ContainerDetails,
  ContainerSummary,
  EngineInfo,
  ImageSummary,
  LogLine,
  NetworkSummary,
  PathDetails,
  VolumeSummary,
} from './told.ts';

export type * from './asked.ts';
export type * from './told.ts';

/**
 * What this program needs of a container engine, in its own words.  Only types are here: the one implementation, over
 * dockerode, is in the files beside this one, one operation a file.
 *
 * Every method throws `EngineError` when the engine refuses or cannot be reached, and nothing else, except those that
 * take a `signal`: they throw its `reason` when it aborts.
 */
export interface Engine {
  /** The endpoint as `DOCKER_HOST` would have it, for messages: `unix:///var/run/docker.sock`. */
  readonly endpoint: string;
  readonly describe: () => Promise<EngineInfo>;

  readonly findContainers: (labels: Labels) => Promise<readonly ContainerSummary[]>;
  /** `undefined` when there is none of that name or id. */
  readonly inspectContainer: (container: string) => Promise<ContainerDetails | undefined>;
  /** All that the engine says of it, as it says it: for bug reports.  `undefined` when there is none of that name or id. */
  readonly inspectRaw: (container: string) => Promise<unknown>;
  /** @returns the new container's id. @throws {NameTakenError} when the name is in use */
  readonly createContainer: (name: string, settings: ContainerSettings) => Promise<string>;
  /** Does nothing when it runs already. @throws {PortTakenError} when a host port is in use */
  readonly startContainer: (container: string) => Promise<void>;
  /** SIGTERM, and SIGKILL after `graceSeconds`.  Does nothing when it is stopped or gone. */
  readonly stopContainer: (container: string, graceSeconds: number) => Promise<void>;
  /** Freezes all its processes. @throws {EngineError} when it does not run, or is paused already */
  readonly pauseContainer: (container: string) => Promise<void>;
  /** @throws {EngineError} when it is not paused */
  readonly unpauseContainer: (container: string) => Promise<void>;
  /** Kills it if it runs; its anonymous volumes go with it.  Does nothing when it is gone. */
  readonly removeContainer: (container: string) => Promise<void>;
  /** Changes what a container may use, also while it runs; what is left out stays. */
  readonly updateLimits: (container: string, limits: Limits) => Promise<void>;
  /**
   * Removes it unless it runs, is paused or is being restarted: the engine decides, so nobody can start it in between.
   *
   * @returns whether it is gone
   */
  readonly removeStopped: (container: string) => Promise<boolean>;
  /**
   * Lines of the container's log, without their line end, until it stops or `signal` aborts (then it ends quietly).
   * Docker may lose a last line that has no line end.
   */
  readonly followLogs: (container: string, options: FollowOptions) => AsyncIterable<LogLine>;
  /** `undefined` when there is no such file.  Works on a stopped container too. */
  readonly readFile: (container: string, path: string) => Promise<Buffer | undefined>;
  /** Writes files, and the directories above them, as root.  Works on a stopped container too. */
  readonly writeFiles: (container: string, files: readonly FileToWrite[]) => Promise<void>;
  /** What is at a path, not following a link that it ends in.  `undefined` when there is nothing.  Works on a stopped container too. */
  readonly inspectPath: (container: string, path: string) => Promise<PathDetails | undefined>;
  /**
   * A tar stream of a file, or of a directory and all that is below it; its first entry is called as the last component of the
   * path.  Links are not followed.  To be read to its end or destroyed.  Works on a stopped container too.
   */
  readonly readArchive: (container: string, path: string, signal: AbortSignal) => Promise<Readable>;
  /**
   * Unpacks a tar stream in a directory that is there, with the owners and modes that it names; files that are there are
   * replaced, directories filled.  What was unpacked stays when it fails.  Works on a stopped container too.
   *
   * @throws whatever broke the stream, when it did
   */
  readonly writeArchive: (container: string, directory: string, tar: Readable, signal: AbortSignal) => Promise<void>;
  /**
   * Runs a command in a running container, like `docker exec`, and waits for its end.  Output is written as fast as the
   * streams take it; they are left open.
   *
   * @returns its exit status, 0-255; 126 and 127 mean that it could not be started
   * @throws {OutputClosedError} when nobody reads stdout or stderr any more; the command inside is not ended
   */
  readonly exec: (container: string, command: ExecCommand, streams: ExecStreams) => Promise<number>;

  readonly findNetworks: (labels: Labels) => Promise<readonly NetworkSummary[]>;
  /** All networks of the engine: to see which subnets are in use. */
  readonly listNetworks: () => Promise<readonly NetworkSummary[]>;
  /**
   * @returns the new network's id
   * @throws {NameTakenError} when the name is in use
   * @throws {AddressPoolError} when the engine has no subnet left, or the one asked for overlaps another network's
   */
  readonly createNetwork: (network: NetworkSettings) => Promise<string>;
  /** Does nothing when it is gone, nor when it is a swarm's of which this engine is no manager. */
  readonly removeNetwork: (network: string) => Promise<void>;
  readonly findVolumes: (labels: Labels) => Promise<readonly VolumeSummary[]>;
  /** Does nothing when it is gone. */
  readonly removeVolume: (volume: string) => Promise<void>;

  readonly findImages: (labels: Labels) => Promise<readonly ImageSummary[]>;
  /** `undefined` when there is no such image. */
  readonly inspectImage: (image: string) => Promise<ImageSummary | undefined>;
  /**
   * Asks the image's registry whether it has it, and pulls nothing.
   *
   * @throws {EngineError} when no registry answers within 10 s, or it has not got it
   */
  readonly findInRegistry: (image: string) => Promise<void>;
  /** @throws {EngineError} when no registry answers or none has it */
  readonly pullImage: (image: string, onLine: OnLine, signal?: AbortSignal) => Promise<void>;
  /** A tar stream of an image with its tags, as `docker save` makes it.  To be read to its end or destroyed. */
  readonly saveImage: (image: string, signal: AbortSignal) => Promise<Readable>;
  /**
   * Takes an image from such a stream, which may be compressed with gzip.
   *
   * @throws whatever broke the stream, when it did
   */
  readonly loadImage: (tar: Readable, signal: AbortSignal) => Promise<void>;
  /** Gives an image one more tag. */
  readonly tagImage: (image: string, tag: string) => Promise<void>;
  /** Makes an image of one layer from a tar stream of a root file system. */
  readonly importImage: (tag: string, rootfs: NodeJS.ReadableStream, labels: Labels) => Promise<void>;
  /** @throws {BuildFailedError} with the last lines of the failing step */
  readonly buildImage: (request: BuildRequest, onLine: OnLine) => Promise<void>;
  /** Untags or removes.  Does nothing when it is gone. @throws {EngineError} when a container uses it */
  readonly removeImage: (image: string) => Promise<void>;
}
