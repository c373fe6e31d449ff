import { EngineError } from '../../errors.ts';
import type { Engine } from '../engine.ts';
import { findCandidates } from './candidates.ts';
import type { Candidate, Surroundings } from './surroundings.ts';
import { type Attempt, tryCandidate } from './try-candidate.ts';

export interface Location {
  /** in the order in which they were made; only the last can have succeeded */
  readonly attempts: readonly Attempt[];
  readonly engine?: Engine;
}

/**
 * The engine to use: by `DOCKER_HOST`, by the current docker context, or the first that answers at one of the sockets
 * where engines usually listen.
 *
 * @throws {EngineError} saying what was tried
 */
export async function connectEngine(surroundings: Surroundings): Promise<Engine> {
  return engineAt(await locateEngine(surroundings));
}

/**
 * The engine at one endpoint.  How TLS is done is told by `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH`, as for `DOCKER_HOST`.
 *
 * @throws {EngineError} when none answers there
 */
export async function connectEngineAt(endpoint: string, surroundings: Surroundings): Promise<Engine> {
  const env = { ...surroundings.env, DOCKER_HOST: endpoint };
  const candidates = await findCandidates({ ...surroundings, env });
  return engineAt(await tryInOrder(candidates.map((candidate) => ({ ...candidate, source: 'the option `engine`' }))));
}

/** The same, with an account of the search instead of an error. */
export async function locateEngine(surroundings: Surroundings): Promise<Location> {
  return tryInOrder(await findCandidates(surroundings));
}

export async function tryInOrder(candidates: readonly Candidate[]): Promise<Location> {
  const attempts: Attempt[] = [];
  for (const candidate of candidates) {
    const { engine, ...attempt } = await tryCandidate(candidate);
    attempts.push(attempt);
    if (engine !== undefined) return { attempts, engine };
  }
  return { attempts };
}

/** @throws {EngineError} saying what was tried, when no engine was found */
export function engineAt({ engine, attempts }: Location): Engine {
  if (engine === undefined) throw notFound(attempts);
  return engine;
}

const startHint = 'Start Docker; on Debian and Ubuntu, `npm start` sets it up if it is missing.';

function notFound(attempts: readonly Attempt[]): EngineError {
  const hint = attempts.find((attempt) => attempt.hint !== undefined)?.hint ?? startHint;
  const [only, ...others] = attempts;
  if (only !== undefined && others.length === 0) {
    const { source, endpoint, failure = '' } = only;
    return new EngineError(`no container engine answers at ${endpoint} (from ${source}): ${failure}`, { hint });
  }
  const output = attempts.map(({ source, endpoint, failure = '' }) => `${endpoint} (${source}): ${failure}`);
  return new EngineError('no container engine answers; these were tried:', { output, hint });
}
