import { ResourceError } from '../errors.ts';

/**
 * The first port, starting at `first`, that is not taken.
 *
 * @throws {ResourceError} when all ports up to 65535 are taken
 */
export function choosePort(taken: readonly number[], first = 5080): number {
  const used = new Set(taken);
  for (let port = first; port <= 65_535; port += 1) if (!used.has(port)) return port;
  throw new ResourceError(`no port from ${first} to 65535 is free`, { hint: 'choose one yourself: ADDRESS:PORT' });
}
