import { X509Certificate } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { ContainerDetails, ContainerSummary, Engine, PortBinding } from '../engine/engine.ts';
import { sliceNumber } from '../plan/labels.ts';
import type { Plan } from '../plan/plan.ts';
import { nodeDirectory } from '../plan/slice-paths.ts';

/**
 * Where RAPI is reached from the engine's machine; `undefined` when it is not published.
 *
 * @param endpoint of the engine: its host's name is told where RAPI is published on all addresses; left out: it is this machine
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

/** Whether that is how a slice publishes RAPI: one of several publishes the relay that leads to wherever the master is. */
export function isRapi({ containerPort }: Pick<PortBinding, 'containerPort'>, { rapi }: Pick<Plan, 'rapi'>): boolean {
  return containerPort === rapi.publishedPort;
}

/** As clients may reach it, which is not for sure: ssh has names of its own. */
function hostOf(endpoint: string): string {
  const name = URL.canParse(endpoint) ? new URL(endpoint).hostname : '';
  return name === '' ? '127.0.0.1' : name.replace(/^\[|\]$/g, '');
}

/** What RAPI proves itself by: a certificate that it has signed itself, the same on whichever node is master. */
export interface RapiCertificate {
  /** PEM */
  readonly certificate: string;
  /** the name in it, which is that of no machine */
  readonly name: string;
}

/** `undefined` while the slice has not made it.  Works on a stopped container, too. */
export async function readRapiCertificate(
  engine: Engine,
  slice: Pick<ContainerSummary, 'name' | 'labels'>,
  plan: Plan,
): Promise<RapiCertificate | undefined> {
  // All nodes have it, but a slice has only its own.
  const node = plan.nodes.find((one) => one.slice === sliceNumber(slice));
  if (node === undefined) return undefined;
  const file = await engine.readFile(slice.name, `${nodeDirectory(plan, node)}/var/lib/ganeti/rapi.pem`);
  // The private key is in the same file; it goes no further than this.
  const certificate = /-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----\n?/.exec(file?.toString() ?? '')?.[0];
  if (certificate === undefined) return undefined;
  return { certificate, name: /^CN=(.*)$/m.exec(new X509Certificate(certificate).subject)?.[1] ?? '' };
}
