import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';

/** The program under test: a small client of Ganeti's remote API. */
export interface RapiClient {
  readonly nodeNames: () => Promise<readonly string[]>;
  readonly nodeRole: (node: string) => Promise<string>;
  readonly instanceStatus: (instance: string) => Promise<string>;
  /** Resolves when the instance is running. */
  readonly createInstance: (instance: string, node: string) => Promise<void>;
  readonly removeInstance: (instance: string) => Promise<void>;
}

export interface RapiAccess {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** the certificate that RAPI must present, as PEM, and a name in it */
  readonly ca: string;
  readonly servername: string;
}

export class RapiRequestError extends Error {
  readonly status: number;

  constructor(status: number, explanation: string) {
    super(explanation);
    this.status = status;
  }
}

export class JobError extends Error {}

export function rapiClient(access: RapiAccess): RapiClient {
  const get = (path: string) => send(access, 'GET', path);
  const finish = async (job: unknown) => {
    await waitForJob(get, String(job));
  };
  return {
    nodeNames: async () => ((await get('/2/nodes')) as readonly { readonly id: string }[]).map(({ id }) => id),
    nodeRole: async (node) => (await get(`/2/nodes/${node}/role`)) as string,
    instanceStatus: async (instance) => {
      return ((await get(`/2/instances/${instance}`)) as { readonly status: string }).status;
    },
    createInstance: async (instance, node) => {
      await finish(await send(access, 'POST', '/2/instances', newInstance(instance, node)));
    },
    removeInstance: async (instance) => {
      await finish(await send(access, 'DELETE', `/2/instances/${instance}`));
    },
  };
}

function newInstance(instance: string, node: string): object {
  const noChecks = { name_check: false, ip_check: false };
  const shape = { disk_template: 'diskless', disks: [], nics: [], beparams: { memory: 128 }, os_type: 'noop' };
  return { __version__: 1, mode: 'create', instance_name: instance, pnode: node, ...shape, ...noChecks };
}

interface Job {
  readonly status: string;
  readonly opresult: unknown;
}

async function waitForJob(get: (path: string) => Promise<unknown>, id: string): Promise<void> {
  for (;;) {
    const { status, opresult } = (await get(`/2/jobs/${id}`)) as Job;
    if (status === 'success') return;
    if (status === 'error' || status === 'canceled') throw new JobError(JSON.stringify(opresult));
    await wait(200);
  }
}

async function send({ url, user, password, ...tls }: RapiAccess, method: string, path: string, body?: object) {
  const headers = { 'content-type': 'application/json' };
  const pending = request(new URL(path, url), { method, headers, auth: `${user}:${password}`, ...tls });
  pending.end(body && JSON.stringify(body));
  const [response] = (await once(pending, 'response')) as [IncomingMessage];
  const { statusCode = 0 } = response;
  const content = await text(response);
  if (statusCode !== 200) throw new RapiRequestError(statusCode, content);
  return JSON.parse(content) as unknown;
}
