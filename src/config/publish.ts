import { isIPv4, isIPv6 } from 'node:net';
import * as patterns from './patterns.ts';
import { parseWhole, within } from './quantities.ts';
import { pattern, scalar } from './values.ts';

/** The address on which RAPI is published on the engine's machine. */
export interface RapiEndpoint {
  /** IPv4 or IPv6 */
  readonly address: string;
  /** `auto`: 5080, or the next free port */
  readonly port: number | 'auto';
}

export const rapiEndpoint = {
  ...scalar(
    'PORT, ADDRESS:PORT or [IPV6]:PORT',
    [{ type: 'integer', minimum: 1, maximum: 65_535 }, pattern(patterns.endpoint)],
    parseRapiEndpoint,
  ),
  format: formatEndpoint,
};

/** `ADDRESS:PORT`, with IPv6 addresses in brackets. */
export function formatEndpoint({
  address,
  port,
}: {
  readonly address: string;
  readonly port: number | 'auto';
}): string {
  return `${isIPv6(address) ? `[${address}]` : address}:${port}`;
}

/** `PORT`, `ADDRESS:PORT` or `[IPV6]:PORT`, where PORT can be `auto`; `undefined` for anything else. */
function parseRapiEndpoint(text: string): RapiEndpoint | undefined {
  const [, addressText = '127.0.0.1:', portText = ''] = /^(.+:)?(\d+|auto)$/.exec(text) ?? [];
  const address = parseAddress(addressText.slice(0, -1));
  const port = portText === 'auto' ? portText : within(parseWhole, 1, 65_535)(portText);
  return address === undefined || port === undefined ? undefined : { address, port };
}

/** An IPv6 address is in brackets, because it contains colons. */
function parseAddress(text: string): string | undefined {
  const [, bracketed] = /^\[(.*)\]$/.exec(text) ?? [];
  if (bracketed !== undefined) return isIPv6(bracketed) ? bracketed : undefined;
  return isIPv4(text) ? text : undefined;
}

/** A port of a node, or the cluster's RAPI, and the address on the engine's machine to publish it on. */
export interface PublishRequest {
  /** IPv4 or IPv6; `undefined` when none was given */
  readonly address: string | undefined;
  /** `auto`: the next free port */
  readonly port: number | 'auto';
  readonly target: PublishTarget;
}

/** `node`: its name, short or full */
export type PublishTarget = { readonly node: string; readonly port: number } | 'rapi';

export const publishedPort = scalar(
  '[ADDRESS:][HOSTPORT:]NODE:PORT or [ADDRESS:][HOSTPORT:]rapi',
  [pattern(patterns.published)],
  parsePublish,
);

const hostPart = /^(?:(\d+(?:\.\d+){3}|\[[^\]]*\]):)?(?:(\d+|auto):)?(?=\D)/;

/** `[ADDRESS:][HOSTPORT:]NODE:PORT`, or `rapi` in place of NODE:PORT; `undefined` for anything else. */
export function parsePublish(text: string): PublishRequest | undefined {
  const [before = '', addressText, portText] = hostPart.exec(text) ?? [];
  const target = parseTarget(text.slice(before.length));
  const port = parseHostPort(portText);
  const address = addressText === undefined ? undefined : parseAddress(addressText);
  if (target === undefined || port === undefined) return undefined;
  return addressText !== undefined && address === undefined ? undefined : { address, port, target };
}

function parseHostPort(text = 'auto'): number | 'auto' | undefined {
  return text === 'auto' ? text : parsePort(text);
}

function parseTarget(text: string): PublishTarget | undefined {
  if (text === 'rapi') return text;
  const [, node, portText = ''] = /^([a-z][a-z0-9.-]*):(\d+)$/.exec(text) ?? [];
  const port = parsePort(portText);
  return node === undefined || port === undefined ? undefined : { node, port };
}

export const parsePort = within(parseWhole, 1, 65_535);
