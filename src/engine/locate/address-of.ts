import { lookup } from 'node:dns/promises';
import { isIPv4 } from 'node:net';
import { UsageError } from '../../errors.ts';
import { sshDestination } from './ssh/destination.ts';

/**
 * The IPv4 address of the machine that an endpoint names, as it is known here: by the user's ssh configuration, and by its name.
 *
 * @returns `undefined` when it names none: a socket, a docker context
 * @throws {UsageError} when there is none to be found, or one that other machines cannot use
 */
export async function addressOf(endpoint: string): Promise<string | undefined> {
  if (!/^(?:ssh|tcp|https?):\/\//.test(endpoint)) return undefined;
  const url = new URL(endpoint);
  const name = url.protocol === 'ssh:' ? await sshHostName(url) : url.hostname.replace(/^\[|\]$/g, '');
  const address = isIPv4(name) ? name : await resolve(name, endpoint);
  if (!address.startsWith('127.')) return address;
  throw new UsageError(`${endpoint} is ${address} here, by which no other host reaches it`, {
    hint: hintFor(endpoint),
  });
}

/** What ssh would connect to.  It resolves nothing, and connects to nothing. */
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
    // An IPv6 address that is a name already comes back as it is.
    if (!isIPv4(address)) throw new Error(`${address} is none`);
    return address;
  } catch (cause) {
    throw new UsageError(`no IPv4 address is known here for ${name} (of ${endpoint})`, {
      hint: hintFor(endpoint),
      cause,
    });
  }
}

function hintFor(endpoint: string): string {
  return `say by which address the other hosts reach it: --host ${endpoint},advertise=IP`;
}
