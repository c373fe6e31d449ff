import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { EngineError } from '../../errors.ts';
import { type Candidate, dockerConfig, type Surroundings, variable } from './surroundings.ts';

/** The docker context in use; `undefined` when that is `default`, which stands for the default socket. */
export async function currentContext(surroundings: Surroundings): Promise<string | undefined> {
  const name = variable(surroundings, 'DOCKER_CONTEXT') ?? (await configuredContext(surroundings));
  return name === 'default' || name === '' ? undefined : name;
}

/** Where that context says its engine is.  How a context is stored: docker/cli, `cli/context/store`. */
export async function contextCandidate(name: string, surroundings: Surroundings): Promise<Candidate> {
  const contexts = `${dockerConfig(surroundings)}/contexts`;
  const id = createHash('sha256').update(name).digest('hex');
  const endpoint = (await readContext(name, `${contexts}/meta/${id}/meta.json`)).Endpoints?.docker;
  if (endpoint?.Host === undefined || endpoint.Host === '') {
    throw new EngineError(`the docker context ${name} does not say where its engine is`, { hint });
  }
  const candidate = { source: `docker context ${name}`, endpoint: endpoint.Host };
  const tls = { directory: `${contexts}/tls/${id}/docker`, verify: endpoint.SkipTLSVerify !== true };
  return !tls.verify || existsSync(tls.directory) ? { ...candidate, tls } : candidate;
}

interface StoredContext {
  readonly Endpoints?: { readonly docker?: { readonly Host?: string; readonly SkipTLSVerify?: boolean } };
}

const hint = 'Choose another (`docker context use default`), or set DOCKER_HOST.';

async function configuredContext(surroundings: Surroundings): Promise<string | undefined> {
  const path = `${dockerConfig(surroundings)}/config.json`;
  try {
    return (JSON.parse(await readFile(path, 'utf8')) as { currentContext?: string }).currentContext;
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw new EngineError(`cannot read ${path}`, { hint: 'Correct it, or set DOCKER_HOST.', cause });
  }
}

async function readContext(name: string, path: string): Promise<StoredContext> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as StoredContext;
  } catch (cause) {
    if (isMissing(cause)) throw new EngineError(`there is no docker context ${name}`, { hint, cause });
    throw new EngineError(`cannot read the docker context ${name} (${path})`, { hint, cause });
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
