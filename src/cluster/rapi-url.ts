import { isIPv6 } from 'node:net';
import type { ContainerDetails } from '../engine/engine.ts';
import type { Plan } from '../plan/plan.ts';

/** Where RAPI is reached from the engine's machine; `undefined` when it is not published. */
export function rapiUrl({ ports }: Pick<ContainerDetails, 'ports'>, plan: Pick<Plan, 'rapi'>): string | undefined {
  const binding = ports.find(({ containerPort }) => containerPort === plan.rapi.port);
  if (binding === undefined) return undefined;
  const { hostAddress, hostPort } = binding;
  const everywhere = hostAddress === '' || hostAddress === '0.0.0.0' || hostAddress === '::';
  const host = everywhere ? '127.0.0.1' : hostAddress;
  return `https://${isIPv6(host) ? `[${host}]` : host}:${hostPort}`;
}
