/** To match, an object must have all of these labels; an empty value matches any value. */
export type Labels = Readonly<Record<string, string>>;

export type OnLine = (line: string) => void;

export interface EngineInfo {
  /** identifies the engine whatever its endpoint; empty if the engine has none */
  readonly id: string;
  /** `undefined` if the engine is not in a swarm */
  readonly swarm: SwarmMembership | undefined;
  /** the engine's clock at the time of its answer; ms since the epoch */
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
  /** limits that the engine accepts but cannot enforce, as is common for rootless engines */
  readonly unlimited: readonly ('memory' | 'processes' | 'CPU')[];
}

/** Two engines are in the same swarm if both know the same manager. */
export interface SwarmMembership {
  /** the engine's own id in the swarm */
  readonly node: string;
  /** whether the engine can create networks that span the swarm */
  readonly manager: boolean;
  /** ids of the managers that the engine knows */
  readonly managers: readonly string[];
}

export interface PortBinding {
  readonly containerPort: number;
  readonly protocol: 'tcp' | 'udp';
  readonly hostAddress: string;
  readonly hostPort: number;
}

export type RestartPolicy = 'no' | 'on-failure' | 'unless-stopped' | 'always';

export interface Limits {
  /** bytes */
  readonly memory?: number;
  /** number of processes and threads */
  readonly pidsLimit?: number;
}

/** Settings of a new container; the engine's defaults apply to everything else.  No setting makes it privileged. */
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
  /** `UID:GID`; default: the image's `USER` */
  readonly user?: string;
  readonly readOnly?: boolean;
  /** disables the image's `HEALTHCHECK` */
  readonly noHealthCheck?: boolean;
}

export type ContainerState = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

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

export interface ContainerDetails extends ContainerSummary {
  readonly exitCode: number;
  /** whether the kernel killed a process of the container because it had too little memory */
  readonly oomKilled: boolean;
  /** why the last start failed; empty if it did not */
  readonly startError: string;
  /** time of the last start; ISO 8601, empty if the container was never started */
  readonly startedAt: string;
  /** time of the last exit; ISO 8601, empty if the container never exited */
  readonly finishedAt: string;
  /** result of the image's `HEALTHCHECK`; `none` if it has none */
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy';
  /** published ports as requested, also while the container is stopped */
  readonly ports: readonly PortBinding[];
  /** the published addresses that the host of a running container is known to have lost */
  readonly missingAddresses: readonly string[];
  /** the network mode at creation: a network's name, `bridge`, `default`, `host`, `none` or `container:ID` */
  readonly network: string;
  /** id of each network by name, as the engine remembers it; `docker network prune` can have removed the network */
  readonly networkIds: Readonly<Record<string, string>>;
  readonly restartPolicy: RestartPolicy;
  /** address on each network, by network name; empty while stopped */
  readonly addresses: Readonly<Record<string, string>>;
  /** bytes, 0 = no limit */
  readonly memory: number;
  readonly nanoCpus: number;
  readonly pidsLimit: number;
}

export interface LogOptions {
  /** seconds since the epoch; default: from the beginning of the log */
  readonly since?: number;
  readonly tail?: number;
  /** false: stop at the current end of the log */
  readonly follow: boolean;
  readonly signal?: AbortSignal;
}

export interface LogLine {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

export interface FileToWrite {
  /** absolute */
  readonly path: string;
  readonly content: string | Buffer;
  readonly mode: number;
}

export interface PathDetails {
  /** seconds since the epoch */
  readonly modifiedAt: number;
  readonly type: 'file' | 'directory' | 'symlink' | 'other';
  /** the final target of a symlink, absolute; '' for other types */
  readonly target: string;
  /** bytes */
  readonly size: number;
}

export interface ExecCommand {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly tty?: boolean;
  /** initial size of the terminal, if `tty`; later changes arrive through `onResize` of the streams */
  readonly size?: TerminalSize;
  /** On abort, the connection is closed and the signal's `reason` thrown; the command itself continues. */
  readonly signal?: AbortSignal;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export interface ExecStreams {
  /** default: the command's stdin is empty */
  readonly stdin?: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Subscribes to changes of the terminal's size; returns a function that unsubscribes. */
  readonly onResize?: (changed: (size: TerminalSize) => void) => () => void;
}

export interface NetworkSettings {
  readonly name: string;
  readonly labels: Labels;
  /** default: chosen by the engine */
  readonly subnet?: string;
  /** default: `bridge` */
  readonly driver?: string;
  /** swarm networks only: whether containers that are not part of a service can join */
  readonly attachable?: boolean;
  /** options of the driver */
  readonly options?: Readonly<Record<string, string>>;
}

export interface NetworkSummary {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  /** `swarm` for a network that spans a swarm; engines that are not managers do not always list it */
  readonly scope: string;
  /** swarm networks only: whether containers that are not part of a service can join */
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
  /** an uncompressed tar stream of the build context */
  readonly context: NodeJS.ReadableStream;
  readonly tag: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly labels: Labels;
  readonly signal?: AbortSignal;
}
