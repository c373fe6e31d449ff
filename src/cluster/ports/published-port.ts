import { isIPv6 } from 'node:net';
import type { ContainerDetails, Engine } from '../../engine/engine.ts';
import { label } from '../../plan/labels.ts';
import { isRapi } from '../rapi-url.ts';
import type { PortOwner } from './port-owner.ts';
import { findRelays } from './relays.ts';

/** A port of the engine's machine that leads into a cluster. */
export interface PublishedPort {
  /** as it is bound: IPv4 or IPv6, `0.0.0.0` or `::` for all */
  readonly address: string;
  readonly port: number;
  /** `node1.example.com:22`, or `rapi`, which follows the master */
  readonly target: string;
  /** the container that it takes; that of the slice publishes RAPI by itself */
  readonly container: string;
  /** whether that container runs */
  readonly open: boolean;
  /** endpoint of the host whose port it is; left out when the cluster is on one only */
  readonly host?: string;
}

/** All ports of a slice's host: RAPI as `up` published it, then those that relays publish. */
export async function publishedPorts(
  engine: Engine,
  { cluster, slice, plan }: PortOwner,
): Promise<readonly PublishedPort[]> {
  const own = slice.ports.filter((binding) => isRapi(binding, plan)).map((binding) => describe(slice, binding, 'rapi'));
  return [...own, ...(await relayedPorts(engine, cluster))];
}

export async function relayedPorts(engine: Engine, cluster: string): Promise<readonly PublishedPort[]> {
  return (await findRelays(engine, cluster)).flatMap(describeRelay);
}

export function describeRelay(relay: ContainerDetails): readonly PublishedPort[] {
  return relay.ports.map((binding) => describe(relay, binding, relay.labels[label.port] ?? ''));
}

function describe(
  { name, state }: ContainerDetails,
  { hostAddress, hostPort }: { readonly hostAddress: string; readonly hostPort: number },
  target: string,
): PublishedPort {
  const address = hostAddress === '' ? '0.0.0.0' : hostAddress;
  return { address, port: hostPort, target, container: name, open: state === 'running' };
}

/** `ADDRESS:PORT`, an IPv6 address in brackets. */
export function endpoint({ address, port }: { readonly address: string; readonly port: number }): string {
  return `${isIPv6(address) ? `[${address}]` : address}:${port}`;
}
