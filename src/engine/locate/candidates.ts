import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { EngineError, systemReason } from '../../errors.ts';
import { parseShape, type Shape } from '../../shape.ts';

/** The part of the process's environment that selects the engine. */
export interface Environment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly uid: number;
}

/** Reports something that does not stop the command. */
export type Warn = (message: string) => void;

const ignore = () => undefined;

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
export async function findCandidates(environment: Environment, warn: Warn = ignore): Promise<readonly Candidate[]> {
  const config = await readConfig(environment, warn);
  return (await findEndpoints(environment, config)).map((candidate) => addProxies(candidate, config));
}

async function findEndpoints(environment: Environment, config: ConfigFile): Promise<readonly Candidate[]> {
  const host = variable(environment, 'DOCKER_HOST');
  if (host !== undefined) return [endpointCandidate(host, environment)];
  const context = currentContext(environment, config);
  if (context !== undefined) return [await contextCandidate(context, environment)];
  return defaultSockets(environment).map(([source, path]) => ({ source, endpoint: `unix://${path}` }));
}

/**
 * @param host an endpoint as in `DOCKER_HOST`, or the name of a docker context
 * @throws {EngineError} if the docker context cannot be read
 */
export async function hostCandidate(host: string, environment: Environment): Promise<Candidate> {
  const isEndpoint = host.includes('://') || isSocketPath(host);
  const candidate = isEndpoint ? endpointCandidate(host, environment) : contextCandidate(host, environment);
  return addProxies(await candidate, await readConfig(environment, ignore));
}

function isSocketPath(host: string): boolean {
  return /^(unix:)?\//.test(host);
}

function endpointCandidate(host: string, environment: Environment): Candidate {
  if (isSocketPath(host) && !host.includes('://')) {
    const hint = `Did you mean unix://${host.replace(/^unix:/, '')}?`;
    throw new EngineError(`invalid endpoint ${host}: it has no scheme`, { hint });
  }
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
function currentContext(environment: Environment, config: ConfigFile): string | undefined {
  const name = variable(environment, 'DOCKER_CONTEXT') ?? config.currentContext ?? '';
  return name === 'default' || name === '' ? undefined : name;
}

interface ConfigFile {
  readonly currentContext?: string | null;
  /** by endpoint, or `default` */
  readonly proxies?: Readonly<Record<string, ProxySettings>> | null;
}

type ProxySettings = Readonly<Partial<Record<(typeof proxyKinds)[number], string | null>>>;

const proxyKinds = ['httpProxy', 'httpsProxy', 'ftpProxy', 'noProxy', 'allProxy'] as const;

const configShape = {
  'currentContext?': 'string',
  'proxies?': { '*': Object.fromEntries(proxyKinds.map((kind) => [`${kind}?`, 'string' as const])) },
} satisfies Shape;

/** Adds the user's proxies, like `docker build`: each as two build arguments, `HTTP_PROXY` and `http_proxy`. */
function addProxies(candidate: Candidate, { proxies }: ConfigFile): Candidate {
  const settings = proxies?.[candidate.endpoint] ?? proxies?.['default'];
  if (settings === undefined) return candidate;
  const given = proxyKinds.flatMap((kind) => {
    const [name, value] = [kind.replace('Proxy', '_proxy'), settings[kind] ?? ''];
    return value === '' ? [] : [[name.toUpperCase(), value] as const, [name, value] as const];
  });
  return { ...candidate, proxies: Object.fromEntries(given) };
}

/** Reads Docker's configuration.  Like docker, warns about a file that it cannot use, and goes on without it. */
async function readConfig(environment: Environment, warn: Warn): Promise<ConfigFile> {
  const path = `${dockerConfig(environment)}/config.json`;
  try {
    const text = await readFile(path, 'utf8');
    const answer = parseShape(text.trim() === '' ? '{}' : text, configShape);
    if ('value' in answer) return answer.value as ConfigFile;
    warn(`${path} is ignored: ${answer.problem}`);
  } catch (error) {
    if (!isMissing(error)) warn(`${path} is ignored: ${systemReason(error as Error) ?? String(error)}`);
  }
  return {};
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

const contextShape = {
  'Endpoints?': { 'docker?': { 'Host?': 'string', 'SkipTLSVerify?': 'boolean' } },
} satisfies Shape;

const contextHint = 'Select another context (`docker context use default`), or set DOCKER_HOST.';

async function readContext(name: string, path: string): Promise<StoredContext> {
  try {
    const answer = parseShape(await readFile(path, 'utf8'), contextShape);
    if ('problem' in answer) throw new Error(answer.problem);
    return answer.value as StoredContext;
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
