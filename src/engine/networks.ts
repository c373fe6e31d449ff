import type { NetworkInspectInfo } from 'dockerode';
import { AddressPoolError, EngineError, NameTakenError } from '../errors.ts';
import { type Connection, request } from './connection.ts';
import type { Labels, NetworkSettings, NetworkSummary } from './engine.ts';
import { labelFilter } from './label-filter.ts';

export async function findNetworks(connection: Connection, labels: Labels): Promise<readonly NetworkSummary[]> {
  const found = await request(connection, 'list the networks', () =>
    connection.docker.listNetworks({ filters: labelFilter(labels) }),
  );
  return found.map(toSummary);
}

export async function createNetwork(connection: Connection, settings: NetworkSettings): Promise<string> {
  const { name, labels, subnet, driver, attachable, options: driverOptions } = settings;
  const options = {
    Name: name,
    Labels: { ...labels },
    // Two networks may have one name on engines before 25, unless one asks for this.
    CheckDuplicate: true,
    ...(subnet !== undefined && { IPAM: { Config: [{ Subnet: subnet }] } }),
    ...(driver !== undefined && { Driver: driver }),
    ...(attachable !== undefined && { Attachable: attachable }),
    ...(driverOptions !== undefined && { Options: { ...driverOptions } }),
  };
  try {
    const { id } = await request(connection, `create network ${name}`, () => connection.docker.createNetwork(options), {
      409: (cause) => {
        throw new NameTakenError(`there is a network named ${name} already`, { cause });
      },
    });
    return id;
  } catch (error) {
    throw asNoSubnet(error) ?? error;
  }
}

export async function removeNetwork(connection: Connection, network: string): Promise<void> {
  await request<unknown>(
    connection,
    `remove network ${network}`,
    () => connection.docker.getNetwork(network).remove(),
    // 503: it is a swarm's, and this engine no manager of that.  There it goes when the last container has left it.
    { 404: () => undefined, 503: () => undefined },
  );
}

/**
 * That no subnet is free has no status of its own (it was 400, 403, 404 and 500), so here the engine's words must do:
 * "could not find an available, non-overlapping IPv4 address pool among the defaults", "all predefined address pools
 * have been fully subnetted", "Pool overlaps with other one on this address space".
 */
const noSubnet = /address pools?\b|pool overlaps|fully subnetted/i;

function asNoSubnet(error: unknown): AddressPoolError | undefined {
  if (!(error instanceof EngineError) || !noSubnet.test(error.message)) return undefined;
  return new AddressPoolError(error.message, {
    hint: 'Remove networks that nobody uses (`docker network prune`), or choose a free subnet.',
    cause: error,
  });
}

function toSummary(network: NetworkInspectInfo): NetworkSummary {
  const { Id, Name, Driver, Scope, Attachable, IPAM, Created, Labels } = network;
  const subnets = (IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []);
  const createdAt = Math.floor(Date.parse(Created) / 1000);
  const kind = { driver: Driver, scope: Scope, attachable: Attachable };
  return { id: Id, name: Name, ...kind, subnets, createdAt, labels: Labels ?? {} };
}
