import { choosePort } from '../../plan/choose-port.ts';
import { takenPorts } from '../up/taken-ports.ts';
import type { Host } from './host.ts';

/** Where a VXLAN is by default, 4789, the engine has its own when it is in a swarm. */
export const firstUdpPort = 4790;

/**
 * A UDP port of each host that none of our clusters has there, in their order; or the one that was asked for.
 *
 * @param refused those that turned out to be in use, by the hosts' numbers
 */
export async function chooseUdpPorts(
  hosts: readonly Host[],
  refused: ReadonlyMap<number, readonly number[]>,
): Promise<readonly number[]> {
  return Promise.all(
    hosts.map(async ({ engine, number, options }) => {
      if (options.port !== undefined) return options.port;
      const taken = [...(await takenPorts(engine, 'udp')), ...(refused.get(number) ?? [])];
      return choosePort(taken, firstUdpPort);
    }),
  );
}
