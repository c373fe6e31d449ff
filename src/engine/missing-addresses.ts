import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import type { ContainerInspectInfo } from 'dockerode';
import type { ContainerDetails } from './engine.ts';

/**
 * The published addresses of a running container that the engine's host has lost.  The engine does not report this, so
 * this machine's kernel is asked.  That is impossible when the engine runs elsewhere, or has a network of its own: then
 * this machine does not have the container's gateway either, and the result is empty.
 */
export async function findMissingAddresses(
  endpoint: string,
  { ports, state }: Pick<ContainerDetails, 'ports' | 'state'>,
  { NetworkSettings: { Networks } }: Pick<ContainerInspectInfo, 'NetworkSettings'>,
): Promise<readonly string[]> {
  if (!endpoint.startsWith('unix:') || state !== 'running') return [];
  const missing: string[] = [];
  for (const address of new Set(ports.map(({ hostAddress }) => hostAddress))) {
    if (address !== '' && !(await isOurs(address))) missing.push(address);
  }
  if (missing.length === 0) return [];
  const gateways = Object.values(Networks).flatMap(({ Gateway }) => (Gateway === '' ? [] : [Gateway]));
  return (await Promise.all(gateways.map(isOurs))).includes(true) ? missing : [];
}

/** Whether a program can listen on the address.  Other failures than that of a missing address do not count. */
async function isOurs(address: string): Promise<boolean> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  try {
    const bound = once(socket, 'listening');
    socket.bind(0, address);
    await bound;
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EADDRNOTAVAIL';
  } finally {
    socket.close();
  }
}
