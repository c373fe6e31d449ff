import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { RapiError } from '../errors.ts';

/** How a client reaches RAPI, and is sure that it speaks to this cluster. */
export interface RapiAccess {
  /** `https://127.0.0.1:5080` */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** The cluster's own certificate, PEM: the one authority for it. */
  readonly ca: string;
  /** The name in that certificate, which is not that of any machine: what a TLS client is to expect. */
  readonly servername: string;
}

export interface Rapi extends RapiAccess {
  /**
   * Asks RAPI, like the `fetch` of the platform: with user and password, and with the certificate verified.
   *
   * @param path `/2/info`
   * @returns whatever its status is; its body has been read
   * @throws {RapiError} when RAPI cannot be reached, or shows another certificate
   */
  readonly fetch: (path: string, init?: RapiRequest) => Promise<Response>;
}

export interface RapiRequest {
  /** Default: `GET`, with a body `POST`. */
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Text is sent as it is, all else as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

export function toRapi(access: RapiAccess): Rapi {
  return { ...access, fetch: (path, init) => ask(access, path, init) };
}

async function ask(access: RapiAccess, path: string, init: RapiRequest = {}): Promise<Response> {
  try {
    const answer = await send(access, path, init);
    return toResponse(answer, await buffer(answer));
  } catch (cause) {
    init.signal?.throwIfAborted();
    throw new RapiError(`RAPI at ${access.url} gives no answer that can be trusted: ${(cause as Error).message}`, {
      hint: 'is the cluster running? vcluster-box status',
      cause,
    });
  }
}

/**
 * Node's own `fetch` can neither be given a certificate nor a name to expect, so this goes by `node:https`.  Nor is a
 * connection kept: one that waits for its next use would keep the program from ending.
 */
async function send(access: RapiAccess, path: string, { method, headers, body, signal }: RapiRequest) {
  const { url, user, password, ca, servername } = access;
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const asked = request(new URL(path, url), {
    method: method ?? (text === undefined ? 'GET' : 'POST'),
    headers: { ...(text !== undefined && { 'content-type': 'application/json' }), ...headers },
    auth: `${user}:${password}`,
    ca,
    servername,
    agent: false,
    ...(signal !== undefined && { signal }),
  });
  asked.end(text);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return answer;
}

function toResponse({ statusCode = 500, statusMessage = '', headers }: IncomingMessage, body: Buffer): Response {
  const pairs = Object.entries(headers).map(([name, value = '']): [string, string] => [
    name,
    [value].flat().join(', '),
  ]);
  const bodiless = statusCode === 204 || statusCode === 304;
  return new Response(bodiless ? null : body, { status: statusCode, statusText: statusMessage, headers: pairs });
}
