import type { Labels, PortBinding, RestartPolicy } from './asked.ts';

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
