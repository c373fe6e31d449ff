import type { IncomingHttpHeaders, RequestOptions } from 'node:http';
import { Readable } from 'node:stream';
import { parseAnswer } from './answers.ts';
import { refusal } from './engine-error.ts';

/**
 * How long a request can wait for the engine's next byte, in milliseconds.  Logs and builds can be silent for any time.
 *
 * @param request method and path, without the version of the API: `GET /containers/json?all=true`
 */
export function timeLimit(request: string): number {
  if (/^GET \/containers\/[^/]+\/logs\b|^POST \/build\b/.test(request)) return Infinity;
  // The engine asks a registry.
  if (request.startsWith('GET /distribution/')) return 10_000;
  // For other requests, the engine does its work before it answers.
  return /^(GET|HEAD) (?!.*\/(archive|get)\b)/.test(request) ? 30_000 : 300_000;
}

/** More than the list of all containers on a large host.  Only streams can be longer. */
const maxAnswerBytes = 64 * 1024 * 1024;

/**
 * Makes docker-modem settle all requests.  On its own, it waits forever for an engine that stalls and for the rest of
 * an answer whose connection breaks, it follows redirects, and it accepts any answer.
 */
export function settleRequests({ modem }: { readonly modem: unknown }, limitOf: typeof timeLimit): void {
  const patched = modem as Modem;
  const buildRequest = patched.buildRequest.bind(patched);
  patched.buildRequest = (options, context, data, callback) => {
    const request = `${context.method} ${context.path}`;
    const turn = engineTurn(limitOf(request));
    const signals = [turn.signal, ...(options.signal === undefined ? [] : [options.signal])];
    let answered = false;
    const settle = async (answer: Answer): Promise<unknown> => {
      answered = true;
      turn.end();
      // The connection to a command.
      if (answer.statusCode === undefined) return answer;
      const content = timed(answer, turn.start, turn.end, turn.signal);
      const accepted = context.statusCodes[answer.statusCode] === true && context.hijack !== true;
      if (!accepted) throw refusal(answer.statusCode, (await collect(content)).toString());
      if (context.isStream === true) return Object.assign(content, { headers: answer.headers });
      return parseAnswer(request, await collect(content));
    };
    const startUnlessAnswered = () => {
      if (!answered) turn.start();
    };
    turn.start();
    buildRequest(
      { ...options, signal: AbortSignal.any(signals), maxRedirects: 0 },
      { ...context, isStream: true, openStdin: false, statusCodes: everyStatus },
      data instanceof Readable ? timed(data, turn.end, startUnlessAnswered, turn.signal) : data,
      (error, answer) => {
        const settled = answer ? settle(answer) : Promise.reject(error ?? new Error('no answer'));
        settled.then(
          (value) => {
            callback(null, value as Answer);
          },
          (reason: unknown) => {
            turn.end();
            callback(reasonOf(turn.signal, reason));
          },
        );
      },
    );
  };
}

const everyStatus = new Proxy({}, { get: () => true });

type Answer = Readable & { readonly statusCode?: number; readonly headers?: IncomingHttpHeaders };

/** The method of docker-modem through which all requests go. */
interface Modem {
  buildRequest: (
    options: RequestOptions & { readonly maxRedirects?: number },
    context: Context,
    data: unknown,
    callback: (error: Error | null, answer?: Answer | null) => void,
  ) => void;
}

interface Context {
  readonly method: string;
  readonly path: string;
  readonly statusCodes: Readonly<Record<number, unknown>>;
  readonly isStream?: boolean;
  readonly openStdin?: boolean;
  /** The answer is a connection to a command. */
  readonly hijack?: boolean;
}

interface EngineTurn {
  readonly start: () => void;
  readonly end: () => void;
  /** aborts if a turn takes too long */
  readonly signal: AbortSignal;
}

/** Measures the time during which we wait for the engine: time that our own side takes does not count. */
function engineTurn(limitMs: number): EngineTurn {
  const expired = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const end = () => {
    clearTimeout(timer);
  };
  const start = () => {
    end();
    if (limitMs === Infinity) return;
    timer = setTimeout(() => {
      expired.abort(Object.assign(new Error(`no answer within ${limitMs / 1000} s`), { code: 'ETIMEDOUT' }));
    }, limitMs);
  };
  return { start, end, signal: expired.signal };
}

/** Returns the same stream, with a call before and after each wait for its next part. */
function timed(source: Readable, before: () => void, after: () => void, signal: AbortSignal): Readable {
  const parts = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  return new Readable({
    read() {
      before();
      parts.next().then(
        ({ done, value }) => {
          after();
          this.push(done === true ? null : value);
        },
        (error: unknown) => {
          after();
          this.destroy(reasonOf(signal, error));
        },
      );
    },
    destroy(error, done) {
      source.destroy();
      done(error);
    },
  });
}

function reasonOf(signal: AbortSignal, error: unknown): Error {
  if (signal.aborted) return signal.reason as Error;
  // Node's word for it.
  if (!(error instanceof Error) || error.message !== 'aborted') return error as Error;
  return Object.assign(new Error('the connection ended within the answer'), { code: 'ECONNRESET' });
}

/** @throws {Error} if there is more than a program can keep in memory */
export async function collect(content: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of content) {
    parts.push(part);
    size += part.length;
    if (size > maxAnswerBytes) throw new Error(`it is longer than ${maxAnswerBytes / 2 ** 20} MiB`);
  }
  return Buffer.concat(parts);
}
