import { connect, type Connection } from '../connection.ts';
import type { Engine } from '../engine.ts';
import { toEngine } from '../docker-engine.ts';
import { endpointOptions } from './endpoint-options.ts';
import { explainFailure, type Failure } from './explain-failure.ts';
import { tunnelTo } from './ssh/tunnel.ts';
import type { Candidate } from './surroundings.ts';

/** How it went at one of the places where an engine may be. */
export interface Attempt extends Candidate, Partial<Failure> {}

/** An engine that is started by its socket takes some seconds for its first answer. */
const patienceMs = 20_000;

/**
 * Asks whether an engine answers there.
 *
 * @throws {EngineError} when the endpoint is of a kind that cannot be used at all
 */
export async function tryCandidate(candidate: Candidate): Promise<Attempt & { readonly engine?: Engine }> {
  const options = await endpointOptions(candidate);
  try {
    const connection = await connect(candidate.endpoint, options);
    await ping(connection);
    return { ...candidate, engine: toEngine(connection) };
  } catch (error) {
    return { ...candidate, ...((await refusedBySsh(candidate)) ?? explainFailure(error, patienceMs)) };
  }
}

async function refusedBySsh({ endpoint }: Candidate): Promise<Failure | undefined> {
  if (!endpoint.startsWith('ssh:')) return undefined;
  const refused = await (await tunnelTo(new URL(endpoint))).refusal();
  return refused && { failure: refused.message, ...(refused.hint !== undefined && { hint: refused.hint }) };
}

async function ping({ docker }: Connection): Promise<void> {
  // The types do not know yet that it takes options.
  const ping = docker.ping.bind(docker) as (options: object) => Promise<unknown>;
  await ping({ abortSignal: AbortSignal.timeout(patienceMs) });
}
