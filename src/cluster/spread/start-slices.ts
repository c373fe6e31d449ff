import { AddressMissingError, PortTakenError } from '../../errors.ts';
import { startSlice } from '../up/start.ts';
import { createContainer, equip, type NewSlices, type SliceContainer } from './create-slices.ts';
import type { Host } from './host.ts';
import type { MadeOn } from './made-on.ts';
import { onAllHosts } from './on-host.ts';

/** A host on which slices cannot be started as they were made: another port or address may do. */
export class PlaceTakenError extends Error {
  readonly host: Host;
  readonly reason: 'port' | 'address';

  constructor(host: Host, reason: 'port' | 'address', cause: unknown) {
    super(`the UDP ${reason} of ${host.endpoint} cannot be used`, { cause });
    this.host = host;
    this.reason = reason;
  }
}

/**
 * Starts all slices at once.
 *
 * @throws {PlaceTakenError} when a host's UDP port is in use, or the address is none of the host's
 * @throws {PortTakenError} when a port that was asked for is in use
 */
export async function startSlices(
  slices: NewSlices,
  containers: readonly SliceContainer[],
  made: MadeOn,
): Promise<void> {
  await onAllHosts(
    containers.map((container) => ({ endpoint: container.host.endpoint, container })),
    ({ container }) => start(slices, container, made),
  );
}

async function start(slices: NewSlices, container: SliceContainer, made: MadeOn): Promise<void> {
  const { host } = container;
  const taken: number[] = [];
  let current = container;
  for (;;) {
    try {
      await startSlice(host.engine, current.id, rapiHint);
      return;
    } catch (error) {
      refuseUdp(slices, current, error);
      if (slices.request.spec.rapi.port !== 'auto' || !(error instanceof PortTakenError)) throw error;
      // A port is chosen when a container is made.
      taken.push(current.rapiPort);
      await made.on(host).forgetContainer();
      current = await createContainer(slices, host, { made, taken });
      await equip(slices, current, made);
    }
  }
}

const rapiHint = 'choose another (--rapi [ADDRESS:]PORT), or leave it out for the next that is free';

/** @throws {PlaceTakenError} when it is of the UDP port, and another may do */
function refuseUdp({ udpAddresses }: NewSlices, { host, plan }: SliceContainer, error: unknown): void {
  const udp = plan.slices.find(({ number }) => number === plan.slice)?.underlay?.port ?? 0;
  if (isMissing(error, `${String(udpAddresses[host.number - 1])}:${udp}`)) {
    throw new PlaceTakenError(host, 'address', error);
  }
  if (error instanceof PortTakenError && error.message.includes(`:${udp} `)) throw udpTaken(host, error);
}

function isMissing(error: unknown, place: string): boolean {
  return error instanceof AddressMissingError && error.message.includes(place);
}

function udpTaken(host: Host, { message, cause }: PortTakenError): Error {
  if (host.options.port === undefined) return new PlaceTakenError(host, 'port', cause);
  const hint = 'choose another: --host ENDPOINT,port=N, or leave it out for the next that is free';
  return new PortTakenError(`UDP port: ${message}`, { hint, cause });
}
