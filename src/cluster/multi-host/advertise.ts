import type { EngineProvider } from '../../engine/engine-provider.ts';
import { ConflictError, UsageError } from '../../errors.ts';
import { overlaps } from '../../config/subnet.ts';
import type { Host } from '../up/hosts.ts';
import type { Underlay } from './underlay.ts';

/**
 * Finds the address by which the other hosts reach each host, in their order; `undefined` where it is unknown and not
 * needed.
 *
 * @throws {UsageError} naming all hosts for which it must be given
 * @throws {ConflictError} when two hosts have the same one, or it is an address of the cluster's
 */
export async function findAddresses(
  addressOf: EngineProvider['addressOf'],
  hosts: readonly Host[],
  { underlay, subnet }: { readonly underlay: Underlay; readonly subnet: string },
): Promise<readonly (string | undefined)[]> {
  const needed = underlay.kind === 'ports';
  const addresses = await Promise.all(
    hosts.map(async ({ endpoint, options }) => {
      if (options.advertise !== undefined) return options.advertise;
      return needed ? addressOf(endpoint) : addressOf(endpoint).catch(() => undefined);
    }),
  );
  if (needed) refuseUnknown(hosts.filter((_, index) => addresses[index] === undefined));
  if (needed) refuseUnusable(hosts, addresses, subnet);
  return addresses;
}

function refuseUnknown(hosts: readonly Host[]): void {
  const [first] = hosts;
  if (first === undefined) return;
  const names = hosts.map(({ endpoint }) => endpoint).join(', ');
  throw new UsageError(`unknown address: how do the other hosts reach ${names}?`, {
    hint: `name it: --host ${first.endpoint},advertise=IP`,
  });
}

function refuseUnusable(hosts: readonly Host[], addresses: readonly (string | undefined)[], subnet: string): void {
  const known = hosts.map(({ endpoint: name }, index) => ({ name, address: addresses[index] ?? '' }));
  for (const { name, address } of known) {
    const twin = known.find((other) => other.name !== name && other.address === address)?.name;
    if (twin !== undefined) throw new ConflictError(`${name} and ${twin} have the same address: ${address}`, { hint });
    if (!overlaps(`${address}/32`, subnet)) continue;
    throw new ConflictError(`address ${address} of ${name} is in the cluster's subnet ${subnet}`, {
      hint: 'choose another subnet: --subnet CIDR',
    });
  }
}

const hint = 'give each host its own: --host ENDPOINT,advertise=IP';
