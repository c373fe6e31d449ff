import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';

/** The program that is tested: a small client of Ganeti's remote API. */
export interface RapiClient {
  readonly nodeNames: () => Promise<readonly string[]>;
  readonly nodeRole: (node: string) => Promise<string>;
  readonly instanceStatus: (instance: string) => Promise<string>;
  /** Resolves when the instance runs. */
  readonly createInstance: (instance: string, node: string) => Promise<void>;
  readonly removeInstance: (instance: string) => Promise<void>;
}

export interface RapiAccess {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** PEM of the certificate that RAPI must show, and the name in it */
  readonly ca: string;
  readonly servername: string;
}

export class RapiRefusal extends Error {
  readonly status: number;

  constructor(status: number, explanation: string) {
    super(explanation);
    this.status = status;
  }
}

export class JobFailure extends Error {}

export function rapiClient(access: RapiAccess): RapiClient {
  const get = (path: string) => ask(access, 'GET', path);
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
      await finish(await ask(access, 'POST', '/2/instances', newInstance(instance, node)));
    },
    removeInstance: async (instance) => {
      await finish(await ask(access, 'DELETE', `/2/instances/${instance}`));
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
    if (status === 'error' || status === 'canceled') throw new JobFailure(JSON.stringify(opresult));
    await wait(200);
  }
}

async function ask({ url, user, password, ...tls }: RapiAccess, method: string, path: string, body?: object) {
  const headers = { 'content-type': 'application/json' };
  const asked = request(new URL(path, url), { method, headers, auth: `${user}:${password}`, ...tls });
  asked.end(body && JSON.stringify(body));
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const { statusCode = 0 } = answer;
  const content = await text(answer);
  if (statusCode !== 200) throw new RapiRefusal(statusCode, content);
  return JSON.parse(content) as unknown;
}
