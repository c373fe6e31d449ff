import type { EngineProvider } from '../../engine/engine-provider.ts';
import { ConflictError, UsageError } from '../../errors.ts';
import { overlaps } from '../../config/subnet.ts';
import type { Carrier } from './carrier.ts';
import type { Host } from './host.ts';

/**
 * By which address each host is reached by the others, in their order; `undefined` where that is not known and not needed.
 *
 * @throws {UsageError} naming all hosts that must say it
 * @throws {ConflictError} when two have one, or one is an address of the cluster's
 */
export async function findAddresses(
  addressOf: EngineProvider['addressOf'],
  hosts: readonly Host[],
  { carrier, subnet }: { readonly carrier: Carrier; readonly subnet: string },
): Promise<readonly (string | undefined)[]> {
  const needed = carrier.kind === 'ports';
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
  throw new UsageError(`it is not known by which address the other hosts reach ${names}`, {
    hint: `say it: --host ${first.endpoint},advertise=IP`,
  });
}

function refuseUnusable(hosts: readonly Host[], addresses: readonly (string | undefined)[], subnet: string): void {
  const known = hosts.map(({ endpoint: name }, index) => ({ name, address: addresses[index] ?? '' }));
  for (const { name, address } of known) {
    const twin = known.find((other) => other.name !== name && other.address === address)?.name;
    if (twin !== undefined) throw new ConflictError(`${name} and ${twin} have one address: ${address}`, { hint });
    if (!overlaps(`${address}/32`, subnet)) continue;
    throw new ConflictError(`the address ${address} of ${name} is in the cluster's subnet ${subnet}`, {
      hint: 'choose another: --subnet CIDR',
    });
  }
}

const hint = 'give each its own: --host ENDPOINT,advertise=IP';
