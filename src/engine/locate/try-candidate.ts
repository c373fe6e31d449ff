import { getSystemErrorMap } from 'node:util';
import { connect } from '../connection.ts';
import { toEngine } from '../docker-engine.ts';
import { engineMessage, isRefusal } from '../engine-error.ts';
import type { Engine } from '../engine.ts';
import type { Candidate } from './candidates.ts';
import { endpointOptions } from './endpoint-options.ts';
import { openTunnel } from './ssh-tunnel.ts';

/** The result of trying one candidate: an engine, or the reason why there is none. */
export interface Attempt extends Candidate, Partial<Failure> {
  readonly engine?: Engine;
}

interface Failure {
  readonly failure: string;
  /** An engine does answer, but with an error. */
  readonly broken?: boolean;
  /** advice for this failure, if there is better advice than to start an engine */
  readonly hint?: string | undefined;
}

/**
 * Checks whether an engine answers at an endpoint.
 *
 * @throws {EngineError} if the endpoint is not valid
 */
export async function tryCandidate(candidate: Candidate): Promise<Attempt> {
  const options = await endpointOptions(candidate);
  try {
    const connection = await connect(candidate.endpoint, options);
    await connection.docker.ping();
    return { ...candidate, engine: toEngine({ ...connection, proxies: candidate.proxies }) };
  } catch (error) {
    return { ...candidate, ...((await sshRefusal(candidate)) ?? explainRefusal(error) ?? explainFailure(error)) };
  }
}

async function sshRefusal({ endpoint }: Candidate): Promise<Failure | undefined> {
  if (!endpoint.startsWith('ssh:')) return undefined;
  const refusal = await (await openTunnel(new URL(endpoint))).refusal();
  return refusal && { failure: refusal.message, hint: refusal.hint };
}

/** The system's description of an error code: `ECONNREFUSED` is "connection refused". */
const systemMessages = new Map(getSystemErrorMap().values());

function explainRefusal(error: unknown): Failure | undefined {
  if (!isRefusal(error) || error.statusCode < 500) return undefined;
  return { failure: `the engine answers with an error: ${error.message}`, hint: logHint, broken: true };
}

function explainFailure(error: unknown): Failure {
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  // Connecting to a host with several addresses fails with an AggregateError, which has no syscall.
  const isConnect = syscall === 'connect' || error instanceof AggregateError;
  const systemMessage = isConnect ? systemMessages.get(code) : undefined;
  if (systemMessage !== undefined) {
    return { failure: systemMessage, ...(code === 'EACCES' && { hint: groupHint }) };
  }
  return explainTls(code, engineMessage(error)) ?? { failure: engineMessage(error) };
}

function explainTls(code: string, message: string): Failure | undefined {
  if (code === 'EPROTO') {
    return {
      failure: 'the engine does not use TLS on this port',
      hint: 'Unset DOCKER_TLS_VERIFY, or use the TLS port, usually 2376.',
    };
  }
  if (message.includes(plainRequest)) return { failure: 'the engine requires TLS', hint: certificateHint };
  return certificateCodes.test(code) ? { failure: message, hint: certificateHint } : undefined;
}

/** The answer of Go's net/http, which engines use. */
const plainRequest = 'Client sent an HTTP request to an HTTPS server';

/** Codes of OpenSSL and of Node's `tls.connect`, and of the alert by which the engine rejects our certificate. */
const certificateCodes = /CERT|^ERR_SSL|^UNABLE_TO/;

const certificateHint =
  'Set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder with ca.pem, cert.pem and key.pem, ' +
  'or use a docker context that has them.';
const logHint = 'Look into the log of the engine, for example with `journalctl -u docker`.';
const groupHint = 'Add your user to the docker group (`sudo usermod -aG docker "$USER"`), then log in again.';
