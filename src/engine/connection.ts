import type Docker from 'dockerode';
import { EngineError, VclusterError } from '../errors.ts';

/** One engine, and where it is. */
export interface Connection {
  readonly docker: Docker;
  /** as `DOCKER_HOST` would have it, for messages */
  readonly endpoint: string;
}

/** What to do about an answer of the engine that is no success, by its HTTP status. */
export type Answers<T> = Readonly<Partial<Record<number, (error: Error) => T | Promise<T>>>>;

/**
 * Makes one request of the engine.
 *
 * @param doing completes `cannot ...` in the message of an error: `remove container x`
 * @param answers the statuses that mean something to the caller; all others are errors
 */
export async function request<T>(
  { endpoint }: Pick<Connection, 'endpoint'>,
  doing: string,
  run: () => Promise<T>,
  answers: Answers<T> = {},
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const answer = answers[statusOf(error) ?? 0];
    if (answer !== undefined && error instanceof Error) return await answer(error);
    throw toEngineError(error, endpoint, doing);
  }
}

/** The same error, if it is one of ours already. */
export function toEngineError(error: unknown, endpoint: string, doing: string): Error {
  if (error instanceof VclusterError) return error;
  // All that a refusal says is in the message then.
  if (isRefusal(error)) return new EngineError(`cannot ${doing}: ${saidBy(error)}`, { hint: hintFor(saidBy(error)) });
  if (!isLostConnection(error)) return new EngineError(`cannot ${doing}: ${saidBy(error)}`, { cause: error });
  return new EngineError(`cannot ${doing}: the connection to the Docker engine at ${endpoint} failed`, {
    hint: 'See whether the engine still runs (`docker info`, or `systemctl status docker`), then run the command again.',
    cause: error,
  });
}

/** What to do about a refusal that is known by the kernel's words for it, which engines hand on. */
export function hintFor(refusal: string): string | undefined {
  if (/no space left on device/i.test(refusal)) {
    return 'The disk of the engine is full: see what takes the room with `docker system df`, and free some.';
  }
  if (/cgroups not configured/i.test(refusal)) {
    return 'Without cgroups, as rootless engines mostly are, none can do that; each node can be: `vcluster-box pause --node NODE`.';
  }
  return undefined;
}

const lostConnection = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'EACCES',
  'ETIMEDOUT',
  'EHOSTUNREACH',
]);

/** Whether it is the system that complains, and not the engine. */
function isLostConnection(error: unknown): boolean {
  return error instanceof Error && 'code' in error && lostConnection.has(String(error.code));
}

/** The HTTP status that the engine answered with; undefined when it did not answer. */
function statusOf(error: unknown): number | undefined {
  return isRefusal(error) ? error.statusCode : undefined;
}

/** What the engine says about its refusal, in its own words. */
export function saidBy(error: unknown): string {
  if (!isRefusal(error)) return error instanceof Error ? error.message : String(error);
  return error.json?.message ?? error.message.replace(/^\(HTTP code \d+\) .*? - /, '').trim();
}

interface Refusal extends Error {
  readonly statusCode: number;
  readonly json?: { readonly message?: string } | null;
}

function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number';
}
