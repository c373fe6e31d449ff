import { lookup } from 'node:dns/promises';
import { isIPv4 } from 'node:net';
import { UsageError } from '../../errors.ts';
import { parseEndpoint } from './endpoint-options.ts';
import { sshDestination } from './ssh-destination.ts';

/**
 * Resolves an endpoint to the IPv4 address of its machine, using the user's ssh configuration and the resolver.
 *
 * @returns `undefined` for a socket or a docker context
 * @throws {UsageError} if there is no address, or other machines cannot use it
 */
export async function addressOf(endpoint: string): Promise<string | undefined> {
  if (!/^(?:ssh|tcp|https?):\/\//.test(endpoint)) return undefined;
  const url = parseEndpoint(endpoint);
  const name = url.protocol === 'ssh:' ? await sshHostName(url) : url.hostname.replace(/^\[|\]$/g, '');
  const address = isIPv4(name) ? name : await resolve(name, endpoint);
  if (!address.startsWith('127.')) return address;
  throw new UsageError(`${endpoint} resolves to ${address}, which other hosts cannot reach`, {
    hint: hintFor(endpoint),
  });
}

/** The host name from the user's ssh configuration.  `ssh -G` does not connect or resolve anything. */
async function sshHostName(url: URL): Promise<string> {
  const { host, user, port } = sshDestination(url);
  const login = user === undefined ? [] : ['-l', user];
  const at = port === undefined ? [] : ['-p', port];
  const { execa } = await import('execa');
  const { stdout } = await execa('ssh', ['-G', ...login, ...at, '--', host], { reject: false, stdin: 'ignore' });
  return /^hostname (.+)$/m.exec(stdout)?.[1] ?? host;
}

async function resolve(name: string, endpoint: string): Promise<string> {
  try {
    const { address } = await lookup(name, { family: 4 });
    // `lookup` returns an IPv6 address unchanged.
    if (!isIPv4(address)) throw new Error(`${address} is not an IPv4 address`);
    return address;
  } catch (cause) {
    throw new UsageError(`cannot resolve ${name} (from ${endpoint}) to an IPv4 address`, {
      hint: hintFor(endpoint),
      cause,
    });
  }
}

function hintFor(endpoint: string): string {
  return `Give the address at which the other hosts reach it: --host ${endpoint},advertise=IP.`;
}
