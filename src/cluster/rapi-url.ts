import { createHash, X509Certificate } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { ContainerDetails, ContainerSummary, Engine, PortBinding } from '../engine/engine.ts';
import { sliceNumber } from '../plan/labels.ts';
import type { Plan } from '../plan/plan.ts';
import { nodeDirectory } from '../plan/slice-paths.ts';

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

/** RAPI's certificate.  It is self-signed, and the same on whichever node is master. */
export interface RapiCertificate {
  /** PEM */
  readonly certificate: string;
  /** the common name in the certificate, which is not the name of a machine */
  readonly name: string;
}

/** `undefined` until the slice has created it.  Also works on a stopped container. */
export async function readRapiCertificate(
  engine: Engine,
  slice: Pick<ContainerSummary, 'name' | 'labels'>,
  plan: Plan,
): Promise<RapiCertificate | undefined> {
  // All nodes have the certificate, but a slice has only the files of its own nodes.
  const node = plan.nodes.find((one) => one.slice === sliceNumber(slice));
  if (node === undefined) return undefined;
  const file = await engine.readFile(slice.name, `${nodeDirectory(plan, node)}/var/lib/ganeti/rapi.pem`);
  // The same file contains the private key, which must not leave this function.
  const certificate = /-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----\n?/.exec(file?.toString() ?? '')?.[0];
  if (certificate === undefined) return undefined;
  return { certificate, name: /^CN=(.*)$/m.exec(new X509Certificate(certificate).subject)?.[1] ?? '' };
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
