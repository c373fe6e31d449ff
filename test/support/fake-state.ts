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
  /** tar streams by path, returned instead of those made from `files` */
  readonly archives: Map<string, Buffer>;
  /** targets of symlinks, by path */
  readonly links: Map<string, string>;
  /** `undefined` for a container that existed from the start */
  readonly settings?: ContainerSettings;
}

/** The state of an in-memory engine.  Tests can read and change it at any time. */
export interface FakeState {
  containers: FakeContainer[];
  networks: NetworkSummary[];
  volumes: VolumeSummary[];
  images: ImageSummary[];
  info: EngineInfo;
  /** Handles an exec: can use the streams, and returns the exit status.  Default: no output, status 0. */
  onExec: (container: string, command: ExecCommand, streams: ExecStreams) => number | Promise<number>;
  /** Called after each method with its name. Makes the method fail if it throws. */
  onCall: (method: string, args: readonly unknown[]) => void | Promise<void>;
  /** The log of containers created with `createContainer`. */
  logs: readonly LogLine[];
}

/** A running container with default values. */
export function fakeContainer(given: Partial<FakeContainer> & { readonly name: string }): FakeContainer {
  return {
    id: `id-${given.name}`,
    image: 'vcluster-box:test',
    state: 'running',
    createdAt: 1_700_000_000,
    labels: {},
    exitCode: 0,
    oomKilled: false,
    startError: '',
    startedAt: '2024-01-01T00:00:00Z',
    finishedAt: '',
    health: 'healthy',
    ports: [],
    network: 'default',
    missingAddresses: [],
    networkIds: {},
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

/** A bridge network with default values. */
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
};

/** Like a filter of the engine: an empty value matches any value. */
export function withLabels<T extends { readonly labels: Labels }>(all: readonly T[], wanted: Labels): readonly T[] {
  return all.filter(({ labels }) =>
    Object.entries(wanted).every(([key, value]) => (value === '' ? key in labels : labels[key] === value)),
  );
}
