import { EngineError, UnreachableError } from '../../errors.ts';
import type { Engine } from '../engine.ts';
import type { EngineProvider } from '../engine-provider.ts';
import { addressOf } from './address-of.ts';
import { hostCandidate } from './candidates.ts';
import { connectEngine, connectEngineAt } from './connect-engine.ts';
import type { Surroundings } from './surroundings.ts';
import { tryCandidate } from './try-candidate.ts';

/** @param chosen endpoint of the engine that is meant when none is named; left out: see `connectEngine` */
export function createEngineProvider(surroundings: Surroundings, chosen?: string): EngineProvider {
  const known = new Map<string, Promise<Engine>>();
  const once = (key: string, connect: () => Promise<Engine>): Promise<Engine> => {
    const there = known.get(key);
    if (there !== undefined) return there;
    const made = connect();
    known.set(key, made);
    made.catch(() => known.delete(key));
    return made;
  };
  const engine = () =>
    once(byDefault, () => (chosen === undefined ? connectEngine(surroundings) : connectEngineAt(chosen, surroundings)));
  return {
    addressOf,
    engine,
    connect: (endpoint) =>
      endpoint === byDefault
        ? engine().catch((error: unknown) => {
            throw asUnreachable(endpoint, error);
          })
        : once(endpoint, () => connectHost(endpoint, surroundings)),
  };
}

const byDefault = 'default';

async function connectHost(endpoint: string, surroundings: Surroundings): Promise<Engine> {
  const candidate = await hostCandidate(endpoint, surroundings).catch((error: unknown) => {
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

/** The same, naming the host; what is no `EngineError` is left as it is. */
function asUnreachable(endpoint: string, error: unknown, hint?: string): unknown {
  if (!(error instanceof EngineError)) return error;
  const { output, hint: ownHint = startHint } = error;
  const problem = error instanceof UnreachableError ? error.problem : error.message;
  return new UnreachableError(`the host ${endpoint} cannot be reached`, problem, { hint: hint ?? ownHint, output });
}

const contextHint = 'See `docker context ls`; a host may also be named as ssh://USER@HOST.';
const startHint = 'See whether that machine is up, and whether its engine runs.';
