import type { ClusterRequest } from '../../config/parse-cluster-spec.ts';
import { EngineError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import type { Plan } from '../../plan/plan.ts';
import type { NewSlices } from './create-slices.ts';
import { createSlices } from './create-slices.ts';
import type { Host } from './host.ts';
import type { MadeOn } from './made-on.ts';
import { planHosts, type Layout } from './plan-hosts.ts';
import { PlaceTakenError, startSlices } from './start-slices.ts';
import { chooseUdpPorts } from './udp-ports.ts';

export interface Making extends Omit<NewSlices, 'plans' | 'udpAddresses'> {
  readonly request: ClusterRequest;
  /** of the whole cluster */
  readonly whole: Plan;
  readonly addresses: Layout['addresses'];
  readonly report: Report;
}

/**
 * Makes and starts all slices.  Whether a UDP port is free, and an address the host's own, only starting a container tells; then all are made
 * anew, for each slice's plan names those of all.
 *
 * @returns the plans that they were made with, in the order of the hosts
 */
export async function makeSlices(making: Making, made: MadeOn): Promise<readonly Plan[]> {
  const refused: Refused = { ports: new Map(), addresses: new Set() };
  for (;;) {
    const slices = await lay(making, refused);
    try {
      await startSlices(slices, await createSlices(slices, made), made);
      if (making.carrier.kind === 'ports') tellFirewall(making.hosts, slices.plans, making.report);
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
  const { hosts, request, whole, carrier, addresses } = making;
  const udpPorts = carrier.kind === 'ports' ? await chooseUdpPorts(hosts, refused.ports) : [];
  const plans = planHosts(whole, { cluster: request.spec.name, hosts, addresses, carrier, udpPorts });
  const udpAddresses = hosts.map(({ number }, index) => (refused.addresses.has(number) ? '0.0.0.0' : addresses[index]));
  return { ...making, plans, udpAddresses };
}

function refusePort({ number }: Host, [plan]: readonly Plan[], { ports }: Refused): void {
  const port = plan?.slices?.[number - 1]?.underlay?.port ?? 0;
  ports.set(number, [...(ports.get(number) ?? []), port]);
}

/** The address is that of a router before it (NAT). */
function publishEverywhere({ number, endpoint }: Host, { addresses: known, report }: Making, refused: Refused): void {
  refused.addresses.add(number);
  const message = `${known[number - 1] ?? ''} is no address of ${endpoint} itself: its UDP port is published on all that it has.`;
  report({ type: 'notice', message });
}

/** What must get through, for whoever has a firewall. */
function tellFirewall(hosts: readonly Host[], [plan]: readonly Plan[], report: Report): void {
  const places = (plan?.slices ?? []).map(({ underlay }) => underlay);
  for (const [index, { endpoint }] of hosts.entries()) {
    const own = places[index];
    const others = places.filter((place) => place !== own).map((place) => place?.address ?? '');
    const message = `Firewall of ${endpoint}: UDP port ${own?.port ?? 0} must be open for ${others.join(', ')}.`;
    report({ type: 'notice', message });
  }
}
