import type { ClusterRequest } from '../../config/parse-cluster-spec.ts';
import { EngineError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import type { Plan, Underlay } from '../../plan/plan.ts';
import type { NewSlices } from './create-slices.ts';
import { createSlices } from './create-slices.ts';
import type { Host } from './host.ts';
import type { MadeOn } from './made-on.ts';
import type { Layout } from './plan-hosts.ts';
import { PlaceTakenError, startSlices } from './start-slices.ts';
import { chooseUdpPorts } from './udp-ports.ts';

export interface Making extends Omit<NewSlices, 'plans' | 'udpAddresses'> {
  readonly request: ClusterRequest;
  /**
   * @param udpPorts of the hosts, in their order; none where no port is published
   * @returns a plan for each slice of the cluster, in the order of their numbers
   */
  readonly layOut: (udpPorts: readonly number[]) => readonly Plan[];
  /** by which each host of the cluster is reached by the others, in the order of their numbers */
  readonly addresses: Layout['addresses'];
  readonly report: Report;
}

/**
 * Makes and starts the slices of the hosts.  Whether a UDP port is free, and an address the host's own, only starting a container tells; then all are made
 * anew, for each slice's plan names those of all.
 *
 * @returns the plans that they were made with, of all slices of the cluster
 */
export async function makeSlices(making: Making, made: MadeOn): Promise<readonly Plan[]> {
  const refused: Refused = { ports: new Map(), addresses: new Set() };
  for (;;) {
    const slices = await lay(making, refused);
    try {
      await startSlices(slices, await createSlices(slices, made), made);
      if (making.carrier.kind === 'ports') tellFirewall(slices.plans, making.report);
      return slices.plans;
    } catch (error) {
      if (!(error instanceof PlaceTakenError)) throw error;
      const left = await made.undo();
      if (left.length > 0) throw new EngineError(`${left.map(({ endpoint }) => endpoint).join(', ')} does not answer`);
      if (error.reason === 'port') refusePort(error.host, slices.plans, refused);
      else publishEverywhere(error.host, making, refused);
    }
  }
}

/** What turned out not to do, by the hosts' numbers. */
interface Refused {
  readonly ports: Map<number, readonly number[]>;
  /** of which the address is not the host's own */
  readonly addresses: Set<number>;
}

async function lay(making: Making, refused: Refused): Promise<NewSlices> {
  const { hosts, carrier, addresses } = making;
  const udpPorts = carrier.kind === 'ports' ? await chooseUdpPorts(hosts, refused.ports) : [];
  const udpAddresses = addresses.map((address, index) => (refused.addresses.has(index + 1) ? '0.0.0.0' : address));
  return { ...making, plans: making.layOut(udpPorts), udpAddresses };
}

function refusePort({ number }: Host, [plan]: readonly Plan[], { ports }: Refused): void {
  const port = plan?.slices[number - 1]?.underlay?.port ?? 0;
  ports.set(number, [...(ports.get(number) ?? []), port]);
}

/** The address is that of a router before it (NAT). */
function publishEverywhere({ number, endpoint }: Host, { addresses: known, report }: Making, refused: Refused): void {
  refused.addresses.add(number);
  const message = `${known[number - 1] ?? ''} is no address of ${endpoint} itself: its UDP port is published on all that it has.`;
  report({ type: 'notice', message });
}

/** What must get through, for whoever has a firewall. */
function tellFirewall([plan]: readonly Plan[], report: Report): void {
  const places = (plan?.slices ?? []).flatMap(({ underlay }) => underlay ?? []);
  const ports = new Set(places.map(({ port }) => port));
  const show = ({ address, port }: Underlay) => (ports.size > 1 ? `${address}:${port}` : address);
  const which = ports.size > 1 ? 'these UDP ports' : `UDP port ${[...ports].join('')}`;
  const message = `Between the hosts, ${which} must be open: ${places.map(show).join(', ')}.`;
  report({ type: 'notice', message });
}
