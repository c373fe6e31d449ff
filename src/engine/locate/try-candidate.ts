import type { Connection } from '../connection.ts';
import type { Engine } from '../engine.ts';
import { connect, toEngine } from '../docker-engine.ts';
import { endpointOptions } from './endpoint-options.ts';
import { tunnelTo } from './ssh/tunnel.ts';
import type { Candidate } from './surroundings.ts';

/** How it went at one of the places where an engine may be. */
export interface Attempt extends Candidate {
  /** why there is no engine to be had there; undefined when there is */
  readonly failure?: string;
  /** of that failure, if there is something better to do than to start an engine */
  readonly hint?: string;
}

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
    return { ...candidate, ...((await refusedBySsh(candidate)) ?? explain(error)) };
  }
}

async function refusedBySsh({ endpoint }: Candidate): Promise<Pick<Attempt, 'failure' | 'hint'> | undefined> {
  if (!endpoint.startsWith('ssh:')) return undefined;
  const refused = await (await tunnelTo(new URL(endpoint))).refusal();
  return refused && { failure: refused.message, ...(refused.hint !== undefined && { hint: refused.hint }) };
}

async function ping({ docker }: Connection): Promise<void> {
  // The types do not know yet that it takes options.
  const ping = docker.ping.bind(docker) as (options: object) => Promise<unknown>;
  await ping({ abortSignal: AbortSignal.timeout(patienceMs) });
}

function explain(error: unknown): Pick<Attempt, 'failure' | 'hint'> {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  // A file that is missing, such as a certificate, has the same code, and is named in the message.
  if (code === 'ENOENT' && syscall === 'connect') return { failure: 'no such socket' };
  switch (code) {
    case 'ECONNREFUSED':
      return { failure: 'nobody listens there' };
    case 'EACCES':
      return { failure: 'permission denied', hint: groupHint };
    case 'ABORT_ERR':
      return { failure: `no answer within ${patienceMs / 1000} s` };
    case undefined:
    default:
      return { failure: message };
  }
}

const groupHint = 'Get leave to use it: `sudo usermod -aG docker "$USER"`, then log in again.';
