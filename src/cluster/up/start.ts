import { AddressMissingError, EngineError, PortTakenError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import type { Plan, SliceUnderlay } from '../../plan/plan.ts';
import { choosePort, firstUdpPort, onFreePort, startContainer, takenPorts, untilAccepted } from '../ports/free-port.ts';
import {
  createContainer,
  createSlices,
  type NewSlices,
  planOf,
  prepareContainer,
  type SliceContainer,
} from './create.ts';
import { type Host, onAllHosts } from './hosts.ts';
import type { Rollback } from './rollback.ts';

export interface SlicesToStart extends Omit<NewSlices, 'plans' | 'udpAddresses'> {
  /**
   * @param udpPorts of the hosts, in their order; empty unless they publish one
   * @returns a plan for each slice of the cluster, in the order of their numbers
   */
  readonly planSlices: (udpPorts: readonly number[]) => readonly Plan[];
  /** by which each host of the cluster is reached by the others, in the order of their numbers */
  readonly addresses: readonly (string | undefined)[];
  readonly report: Report;
}

/**
 * Creates and starts the slices of hosts.
 *
 * Only starting a container shows whether its UDP port is free, and its address the host's own.  If not, all are
 * created again, because each slice's plan has the ports of all.
 *
 * @returns the plans of all slices of the cluster
 * @throws {NameTakenError} when another `up` of that name is at work
 */
export async function createAndStart(cluster: SlicesToStart, rollback: Rollback): Promise<readonly Plan[]> {
  const { underlay, addresses, report } = cluster;
  const refused: Refused = { ports: new Map(), addresses: new Set() };
  let plans: readonly Plan[] = [];
  const attempt = async () => {
    const udpPorts = underlay.kind === 'ports' ? await chooseUdpPorts(cluster.hosts, refused.ports) : [];
    const udpAddresses = addresses.map((address, index) => (refused.addresses.has(index + 1) ? '0.0.0.0' : address));
    plans = cluster.planSlices(udpPorts);
    const slices: NewSlices = { ...cluster, plans, udpAddresses };
    await startNewSlices(slices, await createSlices(slices, rollback), rollback);
  };
  await untilAccepted(attempt, async (error) => {
    if (!(error instanceof UdpError)) throw error;
    const left = await rollback.undo();
    if (left.length > 0) throw new EngineError(`${left.map(({ endpoint }) => endpoint).join(', ')} does not answer`);
    if (error.reason === 'port') refusePort(error.host, plans, refused);
    else publishEverywhere(error.host, cluster, refused);
  });
  if (underlay.kind === 'ports') reportUdpPorts(plans, report);
  return plans;
}

/** What turned out to be unusable, by the hosts' numbers. */
interface Refused {
  readonly ports: Map<number, readonly number[]>;
  /** hosts that do not have the address themselves */
  readonly addresses: Set<number>;
}

/** A host whose slice cannot be started as it was created: another UDP port or address can help. */
class UdpError extends Error {
  readonly host: Host;
  readonly reason: 'port' | 'address';

  constructor(host: Host, reason: 'port' | 'address', cause: unknown) {
    super(`the UDP ${reason} of ${host.endpoint} cannot be used`, { cause });
    this.host = host;
    this.reason = reason;
  }
}

/** A UDP port of each host that no container of a cluster has there; or the given one. */
async function chooseUdpPorts(hosts: readonly Host[], refused: Refused['ports']): Promise<readonly number[]> {
  return Promise.all(
    hosts.map(async ({ engine, number, options }) => {
      if (options.port !== undefined) return options.port;
      return choosePort([...(await takenPorts(engine, 'udp')), ...(refused.get(number) ?? [])], firstUdpPort);
    }),
  );
}

function refusePort({ number }: Host, [plan]: readonly Plan[], { ports }: Refused): void {
  const port = plan?.slices[number - 1]?.underlay?.port ?? 0;
  ports.set(number, [...(ports.get(number) ?? []), port]);
}

/** The address belongs to a router in front of the host (NAT). */
function publishEverywhere({ number, endpoint }: Host, { addresses, report }: SlicesToStart, refused: Refused): void {
  refused.addresses.add(number);
  const message = `${addresses[number - 1] ?? ''} is not an address of ${endpoint} itself: its UDP port is published on all of its addresses.`;
  report({ type: 'notice', message });
}

function reportUdpPorts([plan]: readonly Plan[], report: Report): void {
  const underlays = (plan?.slices ?? []).flatMap(({ underlay }) => underlay ?? []);
  const ports = new Set(underlays.map(({ port }) => port));
  const show = ({ address, port }: SliceUnderlay) => (ports.size > 1 ? `${address}:${port}` : address);
  const which = ports.size > 1 ? 'these UDP ports' : `UDP port ${[...ports].join('')}`;
  const message = `Firewalls between the hosts must allow ${which}: ${underlays.map(show).join(', ')}.`;
  report({ type: 'notice', message });
}

/** Starts all slices at once. */
async function startNewSlices(
  slices: NewSlices,
  containers: readonly SliceContainer[],
  rollback: Rollback,
): Promise<void> {
  await onAllHosts(
    containers.map((container) => ({ ...container.host, slice: container })),
    async ({ slice }) => {
      await onFreePort(slices.request.spec.rapi.port, { taken: slice.taken }, (port) =>
        startOnPort(slices, slice, { port, rollback }),
      );
    },
  );
}

/** Starts a new slice; creates its container again if that was created for another port. */
async function startOnPort(
  slices: NewSlices,
  slice: SliceContainer,
  { port, rollback }: { readonly port: number; readonly rollback: Rollback },
): Promise<void> {
  const { host } = slice;
  let { id } = slice;
  if (port !== slice.rapiPort) {
    await rollback.on(host).removeContainer();
    id = await createContainer(slices, host, { rapiPort: port, rollback });
    await prepareContainer(slices, host, id);
  }
  try {
    await startContainer(host.engine, id, 'choose another: --rapi [ADDRESS:]PORT; --rapi auto takes a free port');
  } catch (error) {
    throw asUdpError(slices, host, error) ?? error;
  }
}

function udpPortOf(slices: NewSlices, host: Host): number {
  const plan = planOf(slices, host);
  return plan.slices.find(({ number }) => number === plan.slice)?.underlay?.port ?? 0;
}

/** The error of a slice that cannot be started because of its UDP port or address; `undefined` for other errors. */
function asUdpError(slices: NewSlices, host: Host, error: unknown): Error | undefined {
  const udp = udpPortOf(slices, host);
  const address = `${slices.udpAddresses[host.number - 1] ?? ''}:${udp}`;
  if (error instanceof AddressMissingError && error.message.includes(address)) {
    return new UdpError(host, 'address', error);
  }
  if (!(error instanceof PortTakenError) || !error.message.includes(`:${udp} `)) return undefined;
  if (host.options.port === undefined) return new UdpError(host, 'port', error.cause);
  const hint = 'choose another: --host ENDPOINT,port=N, or leave port out for a free one';
  return new EngineError(`UDP port: ${error.message}`, { hint, cause: error.cause });
}
