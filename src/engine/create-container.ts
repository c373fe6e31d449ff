import type { ContainerCreateOptions } from 'dockerode';
import { NameTakenError } from '../errors.ts';
import { type Connection, request } from './connection.ts';
import type { ContainerSettings, PortBinding } from './engine.ts';

export async function createContainer(
  connection: Connection,
  name: string,
  settings: ContainerSettings,
): Promise<string> {
  // dockerode would put all of it into the URL as well, were the two not given apart.
  const options = { _query: { name }, _body: toBody(settings) } as ContainerCreateOptions;
  const { id } = await request(
    connection,
    `create container ${name}`,
    () => connection.docker.createContainer(options),
    {
      409: (cause) => {
        throw new NameTakenError(`there is a container named ${name} already`, { cause });
      },
    },
  );
  return id;
}

function toBody(settings: ContainerSettings): ContainerCreateOptions {
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
    NetworkMode: settings.network,
    PortBindings: toBindings(settings.ports),
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

/** One port of the container may be published at several places. */
function toBindings(ports: readonly PortBinding[]): Record<string, { HostIp: string; HostPort: string }[]> {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const port of ports) {
    (bindings[portKey(port)] ??= []).push({ HostIp: port.hostAddress, HostPort: String(port.hostPort) });
  }
  return bindings;
}

function portKey({ containerPort, protocol }: PortBinding): string {
  return `${containerPort}/${protocol}`;
}
