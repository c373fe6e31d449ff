import type { ContainerInspectInfo } from 'dockerode';
import { type Connection, request } from './connection.ts';
import type { ContainerDetails, ContainerState, PortBinding, RestartPolicy } from './engine.ts';

export async function inspectContainer(
  connection: Connection,
  container: string,
): Promise<ContainerDetails | undefined> {
  return request(
    connection,
    `inspect container ${container}`,
    async () => toDetails(await connection.docker.getContainer(container).inspect()),
    { 404: () => undefined },
  );
}

function toDetails({ Id, Name, Created, Config, State, HostConfig, NetworkSettings }: ContainerInspectInfo) {
  const details: ContainerDetails = {
    id: Id,
    name: Name.replace(/^\//, ''),
    image: Config.Image,
    state: State.Status as ContainerState,
    createdAt: Math.floor(Date.parse(Created) / 1000),
    labels: Config.Labels,
    exitCode: State.ExitCode,
    startedAt: orNever(State.StartedAt),
    finishedAt: orNever(State.FinishedAt),
    health: (State.Health?.Status ?? 'none') as ContainerDetails['health'],
    ports: toPorts(HostConfig.PortBindings),
    network: HostConfig.NetworkMode ?? 'default',
    restartPolicy: toRestartPolicy(HostConfig.RestartPolicy?.Name),
    addresses: toAddresses(NetworkSettings.Networks),
    memory: HostConfig.Memory ?? 0,
    nanoCpus: HostConfig.NanoCpus ?? 0,
    pidsLimit: HostConfig.PidsLimit ?? 0,
  };
  return details;
}

/** Go's zero time stands for "never". */
function orNever(time: string): string {
  return time.startsWith('0001-') ? '' : time;
}

/** It is empty on some engines when none was asked for. */
function toRestartPolicy(name = ''): RestartPolicy {
  return name === '' ? 'no' : (name as RestartPolicy);
}

type Bindings = Readonly<Record<string, readonly { HostIp?: string; HostPort?: string }[] | null>>;

function toPorts(bindings: unknown): readonly PortBinding[] {
  return Object.entries((bindings ?? {}) as Bindings).flatMap(([port, hosts]) => {
    const [number, protocol] = port.split('/');
    return (hosts ?? []).map(({ HostIp = '', HostPort = '' }) => ({
      containerPort: Number(number),
      protocol: protocol === 'udp' ? ('udp' as const) : ('tcp' as const),
      hostAddress: HostIp,
      hostPort: Number(HostPort),
    }));
  });
}

function toAddresses(networks: ContainerInspectInfo['NetworkSettings']['Networks']): Readonly<Record<string, string>> {
  const pairs = Object.entries(networks).map(([name, { IPAddress }]) => [name, IPAddress] as const);
  return Object.fromEntries(pairs.filter(([, address]) => address !== ''));
}
