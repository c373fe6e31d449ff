import type { NetworkInspectInfo, VolumeInspectInfo } from 'dockerode';
import { AddressPoolError, EngineError, NameTakenError } from '../errors.ts';
import { type Connection, labelFilter, orEmpty, request } from './connection.ts';
import type { Labels, NetworkSettings, NetworksAndVolumes, NetworkSummary, VolumeSummary } from './engine.ts';

export function networksAndVolumes(connection: Connection): NetworksAndVolumes {
  const { docker } = connection;
  const findNetworks = async (labels: Labels) => {
    const options = { filters: labelFilter(labels) };
    const found = await request(connection, 'list networks', () => docker.listNetworks(options));
    return found.map(toNetworkSummary);
  };
  return {
    findNetworks,
    listNetworks: () => findNetworks({}),
    createNetwork: (network) => createNetwork(connection, network),
    removeNetwork: (name) =>
      request(connection, `remove network ${name}`, () => docker.getNetwork(name).remove(), {
        404: () => undefined,
        // The network belongs to a swarm that this engine does not manage.  It disappears here with its last container.
        503: () => undefined,
      }),
    findVolumes: async (labels) => {
      const options = { filters: labelFilter(labels) };
      const { Volumes } = await request(connection, 'list volumes', () => docker.listVolumes(options));
      // `null` if there are none, contrary to the type declarations.
      return ((Volumes as typeof Volumes | null) ?? []).map(toVolumeSummary);
    },
    removeVolume: (name) =>
      request(connection, `remove volume ${name}`, () => docker.getVolume(name).remove(), {
        404: () => undefined,
      }),
  };
}

async function createNetwork(connection: Connection, settings: NetworkSettings): Promise<string> {
  const { name, labels, subnet, driver, attachable, options: driverOptions } = settings;
  const options = {
    Name: name,
    Labels: { ...labels },
    // Without it, engines before 25 accept two networks of the same name.
    CheckDuplicate: true,
    ...(subnet !== undefined && { IPAM: { Config: [{ Subnet: subnet }] } }),
    ...(driver !== undefined && { Driver: driver }),
    ...(attachable !== undefined && { Attachable: attachable }),
    ...(driverOptions !== undefined && { Options: { ...driverOptions } }),
  };
  try {
    const { id } = await request(connection, `create network ${name}`, () => connection.docker.createNetwork(options), {
      409: (cause) => {
        throw new NameTakenError(`network ${name} already exists`, { cause });
      },
    });
    return id;
  } catch (error) {
    throw asNoSubnet(error) ?? error;
  }
}

/**
 * A lack of free subnets has no HTTP status of its own (it was 400, 403, 404 or 500), so we match the engine's message:
 * "could not find an available, non-overlapping IPv4 address pool among the defaults", "all predefined address pools
 * have been fully subnetted", "Pool overlaps with other one on this address space".  Podman: "subnet 10.89.0.0/24 is
 * already used on the host or by another config", "could not find free subnet from subnet pools".
 */
const noSubnet = /address pools?\b|pool overlaps|fully subnetted|subnet \S+ is already used|free subnet/i;

function asNoSubnet(error: unknown): AddressPoolError | undefined {
  if (!(error instanceof EngineError) || !noSubnet.test(error.message)) return undefined;
  return new AddressPoolError(error.message, {
    hint: 'Remove unused networks (`docker network prune`), or choose a free subnet.',
    cause: error,
  });
}

function toNetworkSummary(network: NetworkInspectInfo): NetworkSummary {
  const { Id, Name, Driver, Scope, Attachable, IPAM, Created, Labels } = network;
  return {
    id: Id,
    name: Name,
    driver: Driver,
    scope: Scope,
    attachable: Attachable,
    subnets: (IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []),
    createdAt: Math.floor(Date.parse(Created) / 1000),
    labels: orEmpty(Labels),
  };
}

/** All engines return the time, though the type declarations lack it. */
function toVolumeSummary({
  Name,
  Labels,
  ...rest
}: VolumeInspectInfo & { readonly CreatedAt?: string }): VolumeSummary {
  return { name: Name, createdAt: Math.floor(Date.parse(rest.CreatedAt ?? '') / 1000), labels: orEmpty(Labels) };
}
