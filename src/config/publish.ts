import { parseWhole, within } from './quantities.ts';
import { parseAddress } from './rapi-endpoint.ts';

/** A port of a node, or the cluster's RAPI, and where on the engine's machine it is to be reached. */
export interface PublishRequest {
  /** IPv4 or IPv6; `undefined` when none was given */
  readonly address: string | undefined;
  /** `auto`: the next that is free */
  readonly port: number | 'auto';
  readonly target: PublishTarget;
}

/** `node`: its name, short or full */
export type PublishTarget = { readonly node: string; readonly port: number } | 'rapi';

const form = /^(?:(\d+(?:\.\d+){3}|\[[^\]]*\]):)?(?:(\d+|auto):)?(?:(rapi)|([a-z][a-z0-9.-]*):(\d+))$/;

/** `[ADDRESS:][HOSTPORT:]NODE:PORT`, or `rapi` in place of NODE:PORT; `undefined` when it is neither. */
export function parsePublish(text: string): PublishRequest | undefined {
  const [whole, addressText, portText = 'auto', rapi, node = '', nodePortText = ''] = form.exec(text) ?? [];
  const address = addressText === undefined ? undefined : parseAddress(addressText);
  const port = portText === 'auto' ? portText : parsePort(portText);
  const nodePort = parsePort(nodePortText);
  if (whole === undefined || port === undefined || (addressText !== undefined && address === undefined))
    return undefined;
  if (rapi !== undefined) return { address, port, target: 'rapi' };
  return nodePort === undefined ? undefined : { address, port, target: { node, port: nodePort } };
}

export const parsePort = within(parseWhole, 1, 65_535);
