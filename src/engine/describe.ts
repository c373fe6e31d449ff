import type { DockerVersion } from 'dockerode';
import { type Connection, request } from './connection.ts';
import type { EngineInfo, SwarmMembership } from './engine.ts';

export async function describe(connection: Connection): Promise<EngineInfo> {
  const { docker } = connection;
  const [info, version] = await request(connection, 'get information about the engine', () =>
    Promise.all([docker.info() as Promise<RawInfo>, docker.version()]),
  );
  const securityOptions = info.SecurityOptions ?? [];
  const cgroupVersion = info.CgroupVersion ?? '1';
  const rootless = info.Rootless === true || securityOptions.some((option) => option.startsWith('name=rootless'));
  return {
    id: info.ID ?? '',
    swarm: swarmOf(info),
    systemTime: Date.parse(info.SystemTime),
    name: nameOf(version),
    version: version.Version,
    apiVersion: version.ApiVersion,
    operatingSystem: info.OperatingSystem,
    kernel: info.KernelVersion,
    architecture: info.Architecture,
    cpus: info.NCPU,
    memory: info.MemTotal,
    storageDriver: info.Driver,
    rootDirectory: info.DockerRootDir,
    cgroupVersion,
    rootless,
    securityOptions,
    // Podman reports limits that it then ignores.
    unlimited: rootless && cgroupVersion === '1' ? ['memory', 'processes', 'CPU'] : unlimitedOf(info),
  };
}

/** The fields of `GET /info` that we use.  Each optional field is missing on some engines. */
interface RawInfo {
  readonly ID?: string;
  readonly SystemTime: string;
  readonly Swarm?: {
    readonly NodeID: string;
    readonly LocalNodeState: string;
    readonly ControlAvailable: boolean;
    readonly RemoteManagers?: readonly { readonly NodeID: string }[] | null;
  };
  readonly OperatingSystem: string;
  readonly KernelVersion: string;
  readonly Architecture: string;
  readonly NCPU: number;
  readonly MemTotal: number;
  readonly Driver: string;
  readonly DockerRootDir: string;
  readonly CgroupVersion?: string;
  readonly SecurityOptions?: readonly string[] | null;
  /** of Podman */
  readonly Rootless?: boolean;
  readonly MemoryLimit?: boolean;
  readonly PidsLimit?: boolean;
  readonly CpuCfsQuota?: boolean;
}

function nameOf({ Components }: DockerVersion): string {
  const parts = (Components as typeof Components | undefined) ?? [];
  return parts.some(({ Name }) => Name.includes('Podman')) ? 'Podman' : 'Docker';
}

/** Only managers know the id of the swarm itself. */
function swarmOf({ Swarm }: RawInfo): SwarmMembership | undefined {
  if (Swarm?.LocalNodeState !== 'active') return undefined;
  const { NodeID, ControlAvailable, RemoteManagers } = Swarm;
  return { node: NodeID, manager: ControlAvailable, managers: (RemoteManagers ?? []).map((one) => one.NodeID) };
}

/** An engine that does not report a capability is assumed to have it. */
function unlimitedOf({ MemoryLimit, PidsLimit, CpuCfsQuota }: RawInfo): EngineInfo['unlimited'] {
  return [
    ...(MemoryLimit === false ? (['memory'] as const) : []),
    ...(PidsLimit === false ? (['processes'] as const) : []),
    ...(CpuCfsQuota === false ? (['CPU'] as const) : []),
  ];
}
