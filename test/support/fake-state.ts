import type {
  ContainerDetails,
  ContainerSettings,
  EngineInfo,
  ExecCommand,
  ExecStreams,
  ImageSummary,
  Labels,
  LogLine,
  NetworkSummary,
  VolumeSummary,
} from '../../src/engine/engine.ts';

export interface FakeContainer extends ContainerDetails {
  /** by absolute path */
  readonly files: Map<string, Buffer>;
  readonly logs: readonly LogLine[];
  /** tar streams that the engine gives for a path, instead of those made of `files` */
  readonly archives: Map<string, Buffer>;
  /** where a path is a symbolic link to */
  readonly links: Map<string, string>;
  /** what it was made with; undefined for one that was there from the start */
  readonly settings?: ContainerSettings;
}

/** What the engine holds.  Plain data: a test may look at it, and change it, at any time. */
export interface FakeState {
  containers: FakeContainer[];
  networks: NetworkSummary[];
  volumes: VolumeSummary[];
  images: ImageSummary[];
  info: EngineInfo;
  /** Answers an exec: its exit status; it may read stdin and write to the streams.  By default 0, no output. */
  onExec: (container: string, command: ExecCommand, streams: ExecStreams) => number | Promise<number>;
  /** Called after each change that a method made, with its name; throw in it to fail that method. */
  onCall: (method: string, args: readonly unknown[]) => void | Promise<void>;
  /** The log that a container has, once it was made with `createContainer`. */
  logs: readonly LogLine[];
}

/** A container that is running, with what is not given made up. */
export function fakeContainer(given: Partial<FakeContainer> & { readonly name: string }): FakeContainer {
  return {
    id: `id-${given.name}`,
    image: 'vcluster-box:test',
    state: 'running',
    createdAt: 1_700_000_000,
    labels: {},
    exitCode: 0,
    startedAt: '2024-01-01T00:00:00Z',
    finishedAt: '',
    health: 'healthy',
    ports: [],
    network: 'default',
    restartPolicy: 'no',
    addresses: {},
    memory: 0,
    nanoCpus: 0,
    pidsLimit: 0,
    files: new Map(),
    archives: new Map(),
    links: new Map(),
    logs: [],
    ...given,
  };
}

/** A network of the engine's own, with what is not given made up. */
export function fakeNetwork(given: Partial<NetworkSummary> & { readonly name: string }): NetworkSummary {
  return {
    id: `id-${given.name}`,
    driver: 'bridge',
    scope: 'local',
    attachable: false,
    subnets: [],
    createdAt: 1_700_000_000,
    labels: {},
    ...given,
  };
}

export const fakeInfo: EngineInfo = {
  id: 'FAKE:ID',
  swarm: undefined,
  systemTime: 1_700_000_000_000,
  name: 'fake',
  version: '20.10.24',
  apiVersion: '1.41',
  operatingSystem: 'Debian GNU/Linux 12',
  kernel: '6.1.0',
  architecture: 'x86_64',
  cpus: 4,
  memory: 8 * 1024 ** 3,
  storageDriver: 'overlay2',
  rootDirectory: '/var/lib/docker',
  cgroupVersion: '2',
  rootless: false,
  securityOptions: ['seccomp'],
  unlimited: [],
  proxy: {},
};

/** Like a filter of the engine: an empty value matches any value. */
export function withLabels<T extends { readonly labels: Labels }>(all: readonly T[], wanted: Labels): readonly T[] {
  return all.filter(({ labels }) =>
    Object.entries(wanted).every(([key, value]) => (value === '' ? key in labels : labels[key] === value)),
  );
}
