import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';

export interface RapiAnswer {
  readonly status: number | undefined;
  readonly body: string;
}

/** Sends a request to RAPI, whose certificate is self-signed. */
export async function askRapi(url: string, password: string): Promise<RapiAnswer> {
  const asked = request(url, { auth: `rapi:${password}`, rejectUnauthorized: false, agent: false });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, body: await text(answer) };
}
