import type { ContainerCreateOptions, ContainerInfo, ContainerInspectInfo } from 'dockerode';
import { orEmpty } from './connection.ts';
import type {
  ContainerDetails,
  ContainerSettings,
  ContainerState,
  ContainerSummary,
  PortBinding,
  RestartPolicy,
} from './engine.ts';
import { EngineError } from '../errors.ts';
import { explainStartFailure } from './start-failure.ts';

/** Body of `POST /containers/create`. */
export function toCreateBody(settings: ContainerSettings): ContainerCreateOptions {
  const { image, hostname, labels, env, ports, stopGraceSeconds, command, entrypoint, user } = settings;
  return {
    Image: image,
    Hostname: hostname,
    Labels: { ...labels },
    Env: Object.entries(env).map(([key, value]) => `${key}=${value}`),
    ExposedPorts: Object.fromEntries(ports.map((port) => [portKey(port), {}])),
    StopTimeout: stopGraceSeconds,
    ...(command !== undefined && { Cmd: [...command] }),
    ...(entrypoint !== undefined && { Entrypoint: [...entrypoint] }),
    ...(user !== undefined && { User: user }),
    ...(settings.noHealthCheck === true && { Healthcheck: { Test: ['NONE'] } }),
    HostConfig: toHostConfig(settings),
  };
}

function toHostConfig(settings: ContainerSettings): ContainerCreateOptions['HostConfig'] {
  const { memory, nanoCpus, pidsLimit } = settings;
  return {
    Privileged: false,
    CapDrop: [...settings.capDrop],
    CapAdd: [...settings.capAdd],
    SecurityOpt: [...settings.securityOpt],
    Ulimits: settings.ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
    // We read the log.  Other drivers, which the engine can have as its default, cannot be read.
    LogConfig: { Type: 'json-file', Config: {} },
    NetworkMode: settings.network,
    PortBindings: toPortBindings(settings.ports),
    Dns: [...settings.dns],
    DnsOptions: [...settings.dnsOptions],
    Sysctls: { ...settings.sysctls },
    RestartPolicy: { Name: settings.restartPolicy },
    ReadonlyRootfs: settings.readOnly === true,
    ...(memory > 0 && { Memory: memory }),
    ...(nanoCpus > 0 && { NanoCpus: nanoCpus }),
    ...(pidsLimit > 0 && { PidsLimit: pidsLimit }),
  };
}

/** A container port can be published on several host ports. */
function toPortBindings(ports: readonly PortBinding[]): Record<string, { HostIp: string; HostPort: string }[]> {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const port of ports) {
    (bindings[portKey(port)] ??= []).push({ HostIp: port.hostAddress, HostPort: String(port.hostPort) });
  }
  return bindings;
}

function portKey({ containerPort, protocol }: PortBinding): string {
  return `${containerPort}/${protocol}`;
}

export function toContainerSummary({ Id, Names, Image, State, Created, Labels }: ContainerInfo): ContainerSummary {
  // Legacy links add names such as /other/alias; the container's own name has only one slash.
  const name = Names.find((one) => one.lastIndexOf('/') === 0) ?? Names[0] ?? Id;
  return {
    id: Id,
    name: name.replace(/^\//, ''),
    image: shortImageName(Image),
    state: State as ContainerState,
    createdAt: Created,
    labels: orEmpty(Labels),
  };
}

export function toContainerDetails(info: ContainerInspectInfo): Omit<ContainerDetails, 'missingAddresses'> {
  const { Id, Name, Created, Config, State, HostConfig, NetworkSettings } = info;
  return {
    id: Id,
    name: Name.replace(/^\//, ''),
    image: shortImageName(Config.Image),
    state: State.Status as ContainerState,
    createdAt: Math.floor(Date.parse(Created) / 1000),
    labels: orEmpty(Config.Labels),
    exitCode: State.ExitCode,
    oomKilled: State.OOMKilled,
    startError: startErrorOf(State.Error),
    startedAt: timeOrEmpty(State.StartedAt),
    finishedAt: timeOrEmpty(State.FinishedAt),
    health: toHealth(State.Health?.Status),
    ports: toPorts(HostConfig.PortBindings),
    network: toNetwork(HostConfig.NetworkMode ?? 'default', NetworkSettings.Networks),
    networkIds: Object.fromEntries(
      Object.entries(NetworkSettings.Networks).map(([name, { NetworkID }]) => [name, NetworkID]),
    ),
    restartPolicy: toRestartPolicy(HostConfig.RestartPolicy?.Name),
    addresses: toAddresses(NetworkSettings.Networks),
    memory: HostConfig.Memory ?? 0,
    nanoCpus: HostConfig.NanoCpus ?? 0,
    pidsLimit: HostConfig.PidsLimit ?? 0,
  };
}

/** Podman prefixes names that have no registry. */
export function shortImageName(name: string): string {
  return name.replace(/^(?:localhost|docker\.io\/library)\//, '');
}

/** Podman reports `bridge` for each network that is a bridge. */
function toNetwork(mode: string, networks: object | null): string {
  const names = Object.keys(networks ?? {});
  return names.includes(mode) ? mode : (names[0] ?? mode);
}

/** Podman returns an empty status if the image has no health check. */
function toHealth(status = ''): ContainerDetails['health'] {
  return status === '' ? 'none' : (status as ContainerDetails['health']);
}

function startErrorOf(message = ''): string {
  return message === '' ? '' : explainStartFailure(new EngineError(message)).message;
}

/** Go's zero time means "never". */
function timeOrEmpty(time: string): string {
  return time.startsWith('0001-') ? '' : time;
}

/** Some engines return an empty name if none was requested. */
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

type Networks = Readonly<Record<string, { readonly IPAddress?: string }>> | null | undefined;

function toAddresses(networks: Networks): Readonly<Record<string, string>> {
  const pairs = Object.entries(networks ?? {}).map(([name, { IPAddress = '' }]) => [name, IPAddress] as const);
  return Object.fromEntries(pairs.filter(([, address]) => address !== ''));
}
