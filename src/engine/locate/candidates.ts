import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { EngineError } from '../../errors.ts';

/** The part of the process's environment that selects the engine. */
export interface Environment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly uid: number;
}

/** An endpoint where an engine can be. */
export interface Candidate {
  /** where the endpoint comes from: `DOCKER_HOST`, `docker context lab`, `default socket` */
  readonly source: string;
  /** as in `DOCKER_HOST` */
  readonly endpoint: string;
  readonly tls?: TlsFiles;
  /** proxies for builds, as build arguments */
  readonly proxies?: Readonly<Record<string, string>>;
}

export interface TlsFiles {
  /** folder with `ca.pem`, `cert.pem` and `key.pem`, each of them optional */
  readonly directory: string;
  /** whether to verify the engine's certificate */
  readonly verify: boolean;
}

/**
 * Finds the endpoints to try, in order: `DOCKER_HOST`, or the current docker context, or the usual sockets.
 *
 * If the user names an endpoint, it is the only candidate: a typo must not lead to another engine.
 *
 * @throws {EngineError} if the current docker context cannot be read
 */
export async function findCandidates(environment: Environment): Promise<readonly Candidate[]> {
  return Promise.all((await findEndpoints(environment)).map((candidate) => addProxies(candidate, environment)));
}

async function findEndpoints(environment: Environment): Promise<readonly Candidate[]> {
  const host = variable(environment, 'DOCKER_HOST');
  if (host !== undefined) return [endpointCandidate(host, environment)];
  const context = await currentContext(environment);
  if (context !== undefined) return [await contextCandidate(context, environment)];
  return defaultSockets(environment).map(([source, path]) => ({ source, endpoint: `unix://${path}` }));
}

/**
 * @param host an endpoint as in `DOCKER_HOST`, or the name of a docker context
 * @throws {EngineError} if the docker context cannot be read
 */
export async function hostCandidate(host: string, environment: Environment): Promise<Candidate> {
  const candidate = host.includes('://') ? endpointCandidate(host, environment) : contextCandidate(host, environment);
  return addProxies(await candidate, environment);
}

function endpointCandidate(host: string, environment: Environment): Candidate {
  const endpoint = host.includes('://') ? host : `tcp://${host}`;
  const candidate = { source: 'DOCKER_HOST', endpoint };
  const verify = variable(environment, 'DOCKER_TLS_VERIFY') !== undefined;
  if (!verify && variable(environment, 'DOCKER_TLS') === undefined) return candidate;
  const directory = variable(environment, 'DOCKER_CERT_PATH') ?? dockerConfig(environment);
  return { ...candidate, tls: { directory, verify } };
}

function defaultSockets(environment: Environment): readonly (readonly [source: string, path: string])[] {
  const { home, uid } = environment;
  const runtime = variable(environment, 'XDG_RUNTIME_DIR') ?? `/run/user/${uid}`;
  return [
    ['default socket', '/var/run/docker.sock'],
    ['rootless Docker', `${runtime}/docker.sock`],
    ['Docker Desktop', `${home}/.docker/run/docker.sock`],
    uid === 0 ? ['Podman', '/run/podman/podman.sock'] : ['rootless Podman', `${runtime}/podman/podman.sock`],
  ];
}

/** @returns `undefined` for the context `default`, which means the default socket */
async function currentContext(environment: Environment): Promise<string | undefined> {
  const name = variable(environment, 'DOCKER_CONTEXT') ?? (await readConfig(environment)).currentContext;
  return name === 'default' || name === '' ? undefined : name;
}

interface ConfigFile {
  readonly currentContext?: string;
  /** by endpoint, or `default` */
  readonly proxies?: Readonly<Record<string, ProxySettings>>;
}

type ProxySettings = Readonly<Partial<Record<(typeof proxyKinds)[number], string>>>;

const proxyKinds = ['httpProxy', 'httpsProxy', 'ftpProxy', 'noProxy', 'allProxy'] as const;

/** Adds the user's proxies, like `docker build`: each as two build arguments, `HTTP_PROXY` and `http_proxy`. */
async function addProxies(candidate: Candidate, environment: Environment): Promise<Candidate> {
  // A file that cannot be read matters only if it selects the engine.
  const { proxies } = await readConfig(environment).catch((): ConfigFile => ({}));
  const settings = proxies?.[candidate.endpoint] ?? proxies?.['default'];
  if (settings === undefined) return candidate;
  const given = proxyKinds.flatMap((kind) => {
    const [name, value] = [kind.replace('Proxy', '_proxy'), settings[kind] ?? ''];
    return value === '' ? [] : [[name.toUpperCase(), value] as const, [name, value] as const];
  });
  return { ...candidate, proxies: Object.fromEntries(given) };
}

async function readConfig(environment: Environment): Promise<ConfigFile> {
  const path = `${dockerConfig(environment)}/config.json`;
  try {
    return JSON.parse(await readFile(path, 'utf8')) as ConfigFile;
  } catch (cause) {
    if (isMissing(cause)) return {};
    throw new EngineError(`cannot read ${path}`, { hint: 'Correct the file, or set DOCKER_HOST.', cause });
  }
}

/** Reads the endpoint of a docker context.  For the format, see docker/cli, `cli/context/store`. */
async function contextCandidate(name: string, environment: Environment): Promise<Candidate> {
  const contexts = `${dockerConfig(environment)}/contexts`;
  const id = createHash('sha256').update(name).digest('hex');
  const endpoint = (await readContext(name, `${contexts}/meta/${id}/meta.json`)).Endpoints?.docker;
  if (endpoint?.Host === undefined || endpoint.Host === '') {
    throw new EngineError(`docker context ${name} has no endpoint`, { hint: contextHint });
  }
  const candidate = { source: `docker context ${name}`, endpoint: endpoint.Host };
  const tls = { directory: `${contexts}/tls/${id}/docker`, verify: endpoint.SkipTLSVerify !== true };
  return !tls.verify || existsSync(tls.directory) ? { ...candidate, tls } : candidate;
}

interface StoredContext {
  readonly Endpoints?: { readonly docker?: { readonly Host?: string; readonly SkipTLSVerify?: boolean } };
}

const contextHint = 'Select another context (`docker context use default`), or set DOCKER_HOST.';

async function readContext(name: string, path: string): Promise<StoredContext> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as StoredContext;
  } catch (cause) {
    const message = isMissing(cause)
      ? `docker context ${name} does not exist`
      : `cannot read docker context ${name} (${path})`;
    throw new EngineError(message, { hint: contextHint, cause });
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

/** The value of a variable; `undefined` if it is empty. */
function variable({ env }: Environment, name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}

function dockerConfig(environment: Environment): string {
  return variable(environment, 'DOCKER_CONFIG') ?? `${environment.home}/.docker`;
}
