import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { ContainerDetails, ContainerSummary, Engine, PortBinding } from '../engine/engine.ts';
import { sliceNumber } from '../plan/labels.ts';
import type { Plan } from '../plan/plan.ts';
import { nodeDirectory } from '../plan/slice-paths.ts';
import type { KnownPlan } from './current-plan.ts';

/**
 * The URL of RAPI as seen from the engine's machine; `undefined` when RAPI is not published.
 *
 * @param endpoint of the engine: provides the host name when RAPI is published on all addresses; default: this machine
 */
export function rapiUrl(
  { ports }: Pick<ContainerDetails, 'ports'>,
  plan: Pick<Plan, 'rapi'>,
  endpoint = '',
): string | undefined {
  const binding = ports.find((port) => isRapi(port, plan));
  if (binding === undefined) return undefined;
  const { hostAddress, hostPort } = binding;
  const everywhere = hostAddress === '' || hostAddress === '0.0.0.0' || hostAddress === '::';
  const host = everywhere ? hostOf(endpoint) : hostAddress;
  return `https://${isIPv6(host) ? `[${host}]` : host}:${hostPort}`;
}

/**
 * Whether a port is the slice's RAPI port.  With several slices, each publishes a port of its proxy, which forwards to
 * the master.
 */
export function isRapi({ containerPort }: Pick<PortBinding, 'containerPort'>, { rapi }: Pick<Plan, 'rapi'>): boolean {
  return containerPort === rapi.publishedPort;
}

/** The name under which clients can probably reach the host; ssh can use names that are known only to ssh. */
function hostOf(endpoint: string): string {
  const name = URL.canParse(endpoint) ? new URL(endpoint).hostname : '';
  return name === '' ? '127.0.0.1' : name.replace(/^\[|\]$/g, '');
}

/**
 * RAPI's certificate as PEM, which is self-signed; `undefined` until a slice has created it.  Also works on stopped
 * containers.
 */
export async function readRapiCertificate(
  engine: Engine,
  slices: readonly Pick<ContainerSummary, 'name' | 'labels'>[],
  plan: KnownPlan,
): Promise<string | undefined> {
  // All nodes have it, but one that was offline when it changed has the old one.
  const master = plan.nodes.find(({ names: [name] }) => name === plan.master);
  const firsts = slices.map((slice) => plan.nodes.find((node) => node.slice === sliceNumber(slice)));
  for (const node of [master, ...firsts]) {
    const slice = slices.find((one) => sliceNumber(one) === node?.slice);
    if (node === undefined || slice === undefined) continue;
    const file = await engine.readFile(slice.name, `${nodeDirectory(plan, node)}/var/lib/ganeti/rapi.pem`);
    // The same file contains the private key, which must not leave this function.
    const found = /-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----\n?/.exec(file?.toString() ?? '')?.[0];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** RAPI's file of users on the master. */
export function rapiUsersFile({ directory }: Pick<Plan, 'directory'>, master: string): string {
  return `${directory}/${master}/var/lib/ganeti/rapi/users`;
}

/**
 * The password of a user by RAPI's file of users (`ganeti.http.auth.ParsePasswordFile`), which can be changed by hand.
 *
 * @param created the password that the slice has created for the user
 * @returns `undefined` when the file has the digest of another password, or no such user
 */
export function passwordIn(users: string, { user, created }: { user: string; created: string | undefined }) {
  const entries = users.split('\n').map((line) => line.trim().split(/\s+/));
  const stored = entries.findLast(([name]) => name === user)?.[1] ?? '';
  const value = stored.replace(/^\{.*?\}/, '');
  if (!/^\{HA1\}/i.test(stored)) return value === '' ? undefined : value;
  // The realm is that of `ganeti.server.rapi`.
  const digest = createHash('md5').update(`${user}:Ganeti Remote API:${created}`).digest('hex');
  return value.toLowerCase() === digest ? created : undefined;
}
