import { EngineError, UnreachableError } from '../../errors.ts';
import type { EngineProvider } from '../engine-provider.ts';
import type { Engine } from '../engine.ts';
import { addressOf } from './address-of.ts';
import { type Candidate, type Environment, findCandidates, hostCandidate, type Warn } from './candidates.ts';
import { type Attempt, tryCandidate } from './try-candidate.ts';

const defaultEndpoint = 'default';

/**
 * @param chosen endpoint of the default engine.  If left out, the default engine is the one of `DOCKER_HOST`, of the
 * current docker context, or the first that answers at one of the usual sockets.
 */
export function createEngineProvider(environment: Environment, chosen?: string): EngineProvider {
  const engines = new Map<string, Promise<Engine>>();
  const once = (endpoint: string, connect: () => Promise<Engine>): Promise<Engine> => {
    const known = engines.get(endpoint);
    if (known !== undefined) return known;
    const connecting = connect();
    engines.set(endpoint, connecting);
    connecting.catch(() => engines.delete(endpoint));
    return connecting;
  };
  const engine = (warn?: Warn) => once(defaultEndpoint, () => connectDefault(environment, chosen, warn));
  return {
    addressOf,
    engine,
    connect: (endpoint) =>
      endpoint === defaultEndpoint
        ? engine().catch((error: unknown) => {
            throw asUnreachable(endpoint, error);
          })
        : once(endpoint, () => connectHost(endpoint, environment)),
  };
}

async function connectDefault(environment: Environment, chosen?: string, warn?: Warn): Promise<Engine> {
  if (chosen === undefined) return connectFirst(await findCandidates(environment, warn));
  const env = { ...environment.env, DOCKER_HOST: chosen };
  const candidates = await findCandidates({ ...environment, env });
  return connectFirst(candidates.map((candidate) => ({ ...candidate, source: 'the option `engine`' })));
}

/**
 * Connects to the first candidate that answers.
 *
 * @throws {EngineError} listing what was tried
 */
export async function connectFirst(candidates: readonly Candidate[]): Promise<Engine> {
  const attempts: Attempt[] = [];
  for (const candidate of candidates) {
    const attempt = await tryCandidate(candidate);
    if (attempt.engine !== undefined) return attempt.engine;
    attempts.push(attempt);
  }
  throw noEngine(attempts);
}

function noEngine(attempts: readonly Attempt[]): EngineError {
  const hint = attempts.find((attempt) => attempt.hint !== undefined)?.hint ?? startHint;
  const [only, ...others] = attempts;
  if (only !== undefined && others.length === 0) {
    const { source, endpoint, failure = '', broken } = only;
    const what = broken === true ? 'cannot use the container engine' : 'no container engine answers';
    return new EngineError(`${what} at ${endpoint} (from ${source}): ${failure}`, { hint });
  }
  const output = attempts.map(({ source, endpoint, failure = '' }) => `${endpoint} (${source}): ${failure}`);
  return new EngineError('no container engine found; tried:', { output, hint });
}

const startHint = 'Start Docker.  On Debian and Ubuntu, `npm start` installs it if it is missing.';

async function connectHost(endpoint: string, environment: Environment): Promise<Engine> {
  const candidate = await hostCandidate(endpoint, environment).catch((error: unknown) => {
    throw asUnreachable(endpoint, error, contextHint);
  });
  try {
    const { engine, failure = '', hint } = await tryCandidate(candidate);
    if (engine !== undefined) return engine;
    throw new EngineError(failure, { hint });
  } catch (error) {
    throw asUnreachable(endpoint, error);
  }
}

/** Adds the host to the message of an `EngineError`.  Returns other errors unchanged. */
function asUnreachable(endpoint: string, error: unknown, hint?: string): unknown {
  if (!(error instanceof EngineError)) return error;
  const { output, hint: ownHint = hostHint } = error;
  const problem = error instanceof UnreachableError ? error.problem : error.message;
  return new UnreachableError(`the host ${endpoint} cannot be reached`, problem, { hint: hint ?? ownHint, output });
}

const contextHint = '`docker context ls` lists the docker contexts.  A host can also be given as ssh://USER@HOST.';
const hostHint = 'Check that the host is up and its engine is running.';
