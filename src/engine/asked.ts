/** When something is looked for, all must be there; an empty value stands for any. */
export type Labels = Readonly<Record<string, string>>;

export type OnLine = (line: string) => void;

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

export interface BuildRequest {
  /** an uncompressed tar of the build context */
  readonly context: NodeJS.ReadableStream;
  readonly tag: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly labels: Labels;
  readonly signal?: AbortSignal;
}
