import type { Readable } from 'node:stream';

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

/** When something is looked for, all must be there; an empty value stands for any. */
export type Labels = Readonly<Record<string, string>>;
export type OnLine = (line: string) => void;

export interface EngineInfo {
  /** by which it is known again, however it is reached; empty when it has none */
  readonly id: string;
  /** what it knows of the swarm that it is in; `undefined` when it is in none */
  readonly swarm: SwarmMembership | undefined;
  /** its clock, when it answered; ms since the epoch */
  readonly systemTime: number;
  readonly name: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly operatingSystem: string;
  readonly kernel: string;
  readonly architecture: string;
  readonly cpus: number;
  /** bytes */
  readonly memory: number;
  readonly storageDriver: string;
  readonly rootDirectory: string;
  readonly cgroupVersion: string;
  readonly rootless: boolean;
  readonly securityOptions: readonly string[];
  /** of what it cannot limit a container to, though it takes the limit: rootless ones often cannot */
  readonly unlimited: readonly ('memory' | 'processes' | 'CPU')[];
  /** proxy settings of the daemon, which builds should get; empty strings are left out */
  readonly proxy: Readonly<Partial<Record<'http_proxy' | 'https_proxy' | 'no_proxy', string>>>;
}

/** Engines are in one swarm if one of them is a manager that the others know. */
export interface SwarmMembership {
  /** of this engine in the swarm */
  readonly node: string;
  /** whether networks over all of the swarm can be made here */
  readonly manager: boolean;
  /** the swarm's ids of the managers that it knows */
  readonly managers: readonly string[];
}

export interface ContainerSummary {
  readonly id: string;
  /** without the leading slash */
  readonly name: string;
  readonly image: string;
  readonly state: ContainerState;
  /** seconds since the epoch */
  readonly createdAt: number;
  readonly labels: Labels;
}

export type ContainerState = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

export interface ContainerDetails extends ContainerSummary {
  readonly exitCode: number;
  /** of the last start; ISO 8601, empty when it never was */
  readonly startedAt: string;
  /** of the last end; ISO 8601, empty when it never ended */
  readonly finishedAt: string;
  /** the image's `HEALTHCHECK`: `none` when it has not got one */
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy';
  /** what is published, as asked for (also while it is stopped) */
  readonly ports: readonly PortBinding[];
  /** what it was made with: a network's name, `bridge`, `default`, `host`, `none` or `container:ID` */
  readonly network: string;
  readonly restartPolicy: RestartPolicy;
  /** address on each network, by network name; empty while stopped */
  readonly addresses: Readonly<Record<string, string>>;
  /** bytes, 0 = no limit */
  readonly memory: number;
  readonly nanoCpus: number;
  readonly pidsLimit: number;
}

export interface PortBinding {
  readonly containerPort: number;
  readonly protocol: 'tcp' | 'udp';
  readonly hostAddress: string;
  readonly hostPort: number;
}

/** How a container is made.  All that is not said here is the engine's default; nothing here can make it privileged. */
export interface ContainerSettings {
  readonly image: string;
  readonly hostname: string;
  readonly labels: Labels;
  readonly env: Readonly<Record<string, string>>;
  readonly capDrop: readonly string[];
  readonly capAdd: readonly string[];
  readonly securityOpt: readonly string[];
  readonly ulimits: readonly { readonly name: string; readonly soft: number; readonly hard: number }[];
  /** name of a network, or `none` */
  readonly network: string;
  readonly ports: readonly PortBinding[];
  readonly dns: readonly string[];
  readonly dnsOptions: readonly string[];
  readonly sysctls: Readonly<Record<string, string>>;
  readonly restartPolicy: RestartPolicy;
  readonly stopGraceSeconds: number;
  /** bytes, 0 = no limit */
  readonly memory: number;
  readonly nanoCpus: number;
  readonly pidsLimit: number;
  /** replaces the image's `CMD` */
  readonly command?: readonly string[];
  /** replaces the image's `ENTRYPOINT` */
  readonly entrypoint?: readonly string[];
  /** `UID:GID`; the image's when left out */
  readonly user?: string;
  readonly readOnly?: boolean;
  /** the image's `HEALTHCHECK` is not run */
  readonly noHealthCheck?: boolean;
}

export type RestartPolicy = 'no' | 'on-failure' | 'unless-stopped' | 'always';

export interface Limits {
  /** bytes */
  readonly memory?: number;
  /** how many processes and threads */
  readonly pidsLimit?: number;
}

export interface FollowOptions {
  /** seconds since the epoch; all of the log when left out */
  readonly since?: number;
  readonly tail?: number;
  /** false: end at the end of what is there */
  readonly follow: boolean;
  readonly signal?: AbortSignal;
}

export interface LogLine {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

export interface PathDetails {
  readonly type: 'file' | 'directory' | 'symlink' | 'other';
  /** where a link ends up, absolute, every other link on the way followed; '' for all else */
  readonly target: string;
  /** bytes */
  readonly size: number;
}

export interface FileToWrite {
  /** absolute */
  readonly path: string;
  readonly content: string | Buffer;
  readonly mode: number;
}

export interface ExecCommand {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly tty?: boolean;
  /** of the terminal, when `tty`; later changes come through `onResize` of the streams */
  readonly size?: TerminalSize;
  /** When it aborts, the connection is let go and its `reason` thrown; the command inside is not ended. */
  readonly signal?: AbortSignal;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export interface ExecStreams {
  /** left out: the command's stdin is empty */
  readonly stdin?: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** called once with a function to be called at every change of the terminal's size; returns how to end that */
  readonly onResize?: (changed: (size: TerminalSize) => void) => () => void;
}

export interface NetworkSettings {
  readonly name: string;
  readonly labels: Labels;
  /** left out: the engine chooses */
  readonly subnet?: string;
  /** left out: `bridge` */
  readonly driver?: string;
  /** whether containers that are no part of a service may be on it; of networks of a swarm only */
  readonly attachable?: boolean;
  /** of the driver */
  readonly options?: Readonly<Record<string, string>>;
}

export interface NetworkSummary {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  /** `swarm`: one over all its engines, though those that are no managers may not list it */
  readonly scope: string;
  /** of networks of a swarm: whether containers that are no part of a service may be on it */
  readonly attachable: boolean;
  readonly subnets: readonly string[];
  /** seconds since the epoch */
  readonly createdAt: number;
  readonly labels: Labels;
}

export interface VolumeSummary {
  readonly name: string;
  /** seconds since the epoch */
  readonly createdAt: number;
  readonly labels: Labels;
}

export interface ImageSummary {
  readonly id: string;
  readonly tags: readonly string[];
  /** bytes */
  readonly size: number;
  /** seconds since the epoch */
  readonly createdAt: number;
  readonly labels: Labels;
  readonly architecture?: string;
}

export interface BuildRequest {
  /** an uncompressed tar of the build context */
  readonly context: NodeJS.ReadableStream;
  readonly tag: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly labels: Labels;
  readonly signal?: AbortSignal;
}
