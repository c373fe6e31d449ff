import { Agent } from 'node:http';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { DockerOptions } from 'dockerode';
import { isRefusal, type Refusal, toEngineError } from './engine-error.ts';
import type { Labels } from './engine.ts';
import { settleRequests, timeLimit } from './settle-requests.ts';

/** A client for one engine. */
export interface Connection {
  readonly docker: Docker;
  /** as in `DOCKER_HOST`, for messages */
  readonly endpoint: string;
  /** the user's proxies, as arguments of builds; default: those of the engine itself */
  readonly proxies?: Readonly<Record<string, string>> | undefined;
}

/** @param options address of the engine; nothing is taken from the environment */
export async function connect(
  endpoint: string,
  options: DockerOptions,
  limitOf: typeof timeLimit = timeLimit,
): Promise<Connection> {
  // Loading dockerode takes more than 100 ms, which `--help` does not have to wait for.
  const { default: Docker } = await import('dockerode');
  const docker = new Docker({
    ...isolated,
    ...(options.socketPath !== undefined && { agent: socketAgent() }),
    ...options,
  });
  settleRequests(docker, limitOf);
  return { docker, endpoint };
}

/**
 * Node's default agent, except that it knows that a socket has no server name: the default one finds out with a regular
 * expression for IPv6 addresses, which takes 5 ms to compile.
 */
function socketAgent(): Agent {
  return new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000, ...{ servername: '' } });
}

/** Options that docker-modem would otherwise take from DOCKER_HOST, which it prefers to its options. */
const isolated = {
  host: undefined,
  port: undefined,
  socketPath: undefined,
  protocol: undefined,
  ca: undefined,
  cert: undefined,
  key: undefined,
  timeout: undefined,
  pathPrefix: undefined,
} as unknown as DockerOptions;

/** Handlers for HTTP statuses that are not errors for the caller. */
export type Answers<T> = Readonly<Partial<Record<number, (error: Refusal) => T | Promise<T>>>>;

/**
 * Sends one request to the engine.
 *
 * @param doing completes `cannot ...` in error messages: `remove container x`
 * @param answers handlers by HTTP status; all other error statuses throw
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
    if (isRefusal(error)) {
      const answer = answers[isNameTaken(error) ? 409 : error.statusCode];
      if (answer !== undefined) return await answer(error);
    }
    throw toEngineError(error, endpoint, doing);
  }
}

/** Podman 4 answers 500: "network name x already used", "the container name x is already in use by ...". */
function isNameTaken({ statusCode, message }: Refusal): boolean {
  return statusCode === 500 && /name \S+ (?:is )?already (?:in use|used)/.test(message);
}

/**
 * Sends a request whose body is a stream.  If the stream fails, the request is aborted: the engine must not mistake
 * the part sent so far for the whole.
 *
 * @throws the error of the stream, if that failed; the signal's reason, if it aborts
 */
export async function sendStream(
  source: Readable,
  signal: AbortSignal | undefined,
  send: (abortSignal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const failed = new AbortController();
  let cause: unknown;
  source.once('error', (error) => {
    cause = error;
    failed.abort();
  });
  try {
    await send(signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]));
  } catch (error) {
    signal?.throwIfAborted();
    throw cause ?? error;
  } finally {
    // If the engine refuses, it stops reading, and the producer of the stream would wait forever.
    source.on('error', () => undefined);
    source.destroy();
  }
}

/** dockerode returns an `http.IncomingMessage`, but its type declarations do not say so. */
type Response = AsyncIterable<Buffer> & { readonly destroy: () => void };

/**
 * Sends a request and returns the body of its response.  If the connection breaks, the stream fails instead of ending.
 *
 * @throws the signal's reason, if it aborts before the response; later, the stream fails with it
 */
export async function receiveStream(
  connection: Connection,
  doing: string,
  signal: AbortSignal,
  send: () => Promise<unknown>,
): Promise<Readable> {
  signal.throwIfAborted();
  try {
    const response = (await request(connection, doing, send)) as Response;
    return Readable.from(body(response), { objectMode: false });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }

  async function* body(response: Response): AsyncGenerator<Buffer> {
    const end = () => {
      response.destroy();
    };
    signal.addEventListener('abort', end, { once: true });
    try {
      if (signal.aborted) end();
      yield* response;
      signal.throwIfAborted();
    } catch (error) {
      signal.throwIfAborted();
      throw toEngineError(error, connection.endpoint, doing);
    } finally {
      signal.removeEventListener('abort', end);
      end();
    }
  }
}

/** The `filters` parameter that matches these labels. */
export function labelFilter(labels: Labels): { label: string[] } {
  return { label: Object.entries(labels).map(([key, value]) => (value === '' ? key : `${key}=${value}`)) };
}

/** Engines answer `null` if there are no labels, contrary to the type declarations. */
export function orEmpty(labels: Labels | null | undefined): Labels {
  return labels ?? {};
}
