import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { buffer } from 'node:stream/consumers';
import type { Cluster } from '../cluster/find.ts';
import { clusterInfo } from '../cluster/info.ts';
import type { Engine } from '../engine/engine.ts';
import { NotFoundError, RapiError } from '../errors.ts';

/** How a client reaches RAPI and verifies that it is this cluster's. */
export interface RapiAccess {
  /** `https://127.0.0.1:5080` */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** The cluster's self-signed certificate as PEM, which is its only authority. */
  readonly ca: string;
  /** The name in that certificate, which a TLS client must expect.  It is not the name of any machine. */
  readonly servername: string;
}

export interface Rapi extends RapiAccess {
  /**
   * Sends a request to RAPI, like the platform's `fetch`, with user and password and a verified certificate.
   *
   * @param path `/2/info`
   * @returns the response with any status; its body has been read
   * @throws {RapiError} when RAPI cannot be reached, or presents another certificate
   */
  readonly fetch: (path: string, init?: RapiRequest) => Promise<Response>;
}

export interface RapiRequest {
  /** Default: `GET`, or `POST` with a body. */
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** A string is sent unchanged, anything else as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** @returns a function that returns RAPI, or throws a `NotFoundError` if it cannot be reached */
export async function readRapi(engine: Engine, { name }: Pick<Cluster, 'name'>): Promise<() => Rapi> {
  const { url, user, password, problem, certificate: ca } = (await clusterInfo(engine, name)).rapi;
  if (url === null)
    return fail(`RAPI of cluster ${name} is not published`, 'RAPI listens on port 5080 of its container');
  if (problem !== null) return fail(`RAPI's password is not known: it was ${problem}`);
  if (password === null || ca === null) {
    return fail(`cluster ${name} has no RAPI yet`, `complete the cluster: vcluster-box up ${name}`);
  }
  const servername = /^CN=(.*)$/m.exec(new X509Certificate(ca).subject)?.[1] ?? '';
  const rapi = toRapi({ url, user, password, ca, servername });
  return () => rapi;
}

function fail(message: string, hint?: string): () => never {
  return () => {
    throw new NotFoundError(message, { hint });
  };
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
    throw new RapiError(`no trusted response from RAPI at ${access.url}: ${(cause as Error).message}`, {
      hint: 'is the cluster running? vcluster-box status',
      cause,
    });
  }
}

/**
 * Uses `node:https` because Node's `fetch` accepts neither a certificate nor an expected name.  Connections are not
 * kept alive: an idle one would keep the process from ending.
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
