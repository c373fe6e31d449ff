import { isIPv4, isIPv6 } from 'node:net';
import { parseWhole, within } from './quantities.ts';

/** Where RAPI is reached on the engine's machine. */
export interface RapiEndpoint {
  /** IPv4 or IPv6 */
  readonly address: string;
  /** `auto`: 5080 if it is free, else the next that is */
  readonly port: number | 'auto';
}

/** `PORT`, `ADDRESS:PORT` or `[IPV6]:PORT`, where PORT may be `auto`; `undefined` when it is none of them. */
export function parseRapiEndpoint(text: string): RapiEndpoint | undefined {
  const [, addressText = '127.0.0.1:', portText = ''] = /^(.+:)?(\d+|auto)$/.exec(text) ?? [];
  const address = parseAddress(addressText.slice(0, -1));
  const port = portText === 'auto' ? portText : within(parseWhole, 1, 65_535)(portText);
  return address === undefined || port === undefined ? undefined : { address, port };
}

/** An IPv6 address stands in brackets, for it has colons itself. */
export function parseAddress(text: string): string | undefined {
  const [, bracketed] = /^\[(.*)\]$/.exec(text) ?? [];
  if (bracketed !== undefined) return isIPv6(bracketed) ? bracketed : undefined;
  return isIPv4(text) ? text : undefined;
}
