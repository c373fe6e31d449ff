import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, execaSync } from 'execa';
import type { SharedCluster } from './e2e-shared.ts';

/** Debian's Python packages are only for this interpreter, whatever else is in the PATH. */
const python = '/usr/bin/python3';

/** Whether Ganeti's own RAPI client is installed (Debian: python3-ganeti-rapi). */
export function hasRapiClient(): boolean {
  return !execaSync(python, ['-c', 'import ganeti.rapi.client'], { reject: false }).failed;
}

/** How clients reach RAPI, from the output of `vcluster-box info`. */
export interface RapiClients extends AsyncDisposable {
  /** the variables of `info --env`, as a shell sets them */
  readonly variables: Readonly<Record<string, string>>;
  /** path of the file with the output of `info --certificate` */
  readonly certificate: string;
  /**
   * Runs lines of Python with `client`, Ganeti's own RAPI client, and `ganeti`, its module.
   * @returns the value of `result` at the end
   */
  readonly python: (lines: string) => Promise<unknown>;
  /** Runs curl with user, password and certificate; resolves whatever its exit status is. */
  readonly curl: (pathOrUrl: string, ...args: readonly string[]) => Promise<Curled>;
}

export interface Curled {
  readonly exitCode: number | undefined;
  /** HTTP status; 0 if there was no answer */
  readonly status: number;
  readonly body: string;
}

export async function rapiClients({ run }: Pick<SharedCluster, 'run'>): Promise<RapiClients> {
  const folder = await mkdtemp(join(tmpdir(), 'vcluster-box-rapi-'));
  const certificate = join(folder, 'rapi.pem');
  await writeFile(certificate, (await run(['info', '--certificate'])).stdout);
  const variables = await evaluated((await run(['info', '--env'])).stdout);
  const { GANETI_RAPI_URL = '', GANETI_RAPI_USER = '', GANETI_RAPI_PASSWORD = '' } = variables;
  return {
    variables,
    certificate,
    python: async (lines) => {
      const program = `${preamble}\n${lines}\nprint(json.dumps(result))`;
      const env = { ...variables, RAPI_CERTIFICATE: certificate };
      const { stdout, stderr, exitCode } = await execa(python, ['-'], { input: program, env, reject: false });
      if (exitCode !== 0) throw new Error(`${lines}\n${stderr}`);
      return JSON.parse(stdout) as unknown;
    },
    curl: async (path, ...args) => {
      const all = ['-sS', '-w', '\\n%{http_code}', '--cacert', certificate];
      const user = ['-u', `${GANETI_RAPI_USER}:${GANETI_RAPI_PASSWORD}`];
      const { href } = new URL(path, GANETI_RAPI_URL);
      const { stdout, exitCode } = await execa('curl', [...all, ...user, ...args, href], { reject: false });
      const [, body = '', status] = /^([^]*)\n(\d+)$/.exec(stdout) ?? [];
      return { exitCode, status: Number(status), body };
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

async function evaluated(exports: string): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await execa('sh', ['-c', 'eval "$1"; env -0', 'sh', exports], { extendEnv: false });
  const pairs = stdout.split('\0').map((entry): [string, string] => {
    const [name = '', ...value] = entry.split('=');
    return [name, value.join('=')];
  });
  return Object.fromEntries(pairs.filter(([name]) => /^(GANETI|VCLUSTER_BOX)_/.test(name)));
}

const preamble = `
import json, os
from ganeti.rapi import client as ganeti

def connect(password=os.environ["GANETI_RAPI_PASSWORD"], cafile=os.environ["RAPI_CERTIFICATE"]):
    config = ganeti.GenericCurlConfig(cafile=cafile, verify_hostname=True, connect_timeout=5, timeout=60)
    return ganeti.GanetiRapiClient(
        os.environ["GANETI_RAPI_HOST"], port=int(os.environ["GANETI_RAPI_PORT"]),
        username=os.environ["GANETI_RAPI_USER"], password=password, curl_config_fn=config)

def refusal(call, *args):
    try:
        return ["done", call(*args)]
    except ganeti.GanetiApiError as error:
        return [type(error).__name__, error.code]

def wait(job):
    """Its results, once it has ended."""
    if not client.WaitForJobCompletion(job, period=0.2):
        raise SystemExit(str(client.GetJobStatus(job)["opresult"]))
    return client.GetJobStatus(job)["opresult"]

client = connect()
result = None
`;
