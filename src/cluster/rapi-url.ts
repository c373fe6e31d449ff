import { isIPv6 } from 'node:net';
import type { ContainerDetails, PortBinding } from '../engine/engine.ts';
import type { Plan } from '../plan/plan.ts';

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
