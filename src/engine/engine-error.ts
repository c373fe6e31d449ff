import { EngineError, VclusterError } from '../errors.ts';

/** Converts an error of dockerode to an `EngineError`.  Returns a `VclusterError` unchanged. */
export function toEngineError(error: unknown, endpoint: string, doing: string): Error {
  if (error instanceof VclusterError) return error;
  const message = engineMessage(error);
  // No `cause`: the message already contains all of it.
  if (isRefusal(error)) return new EngineError(`cannot ${doing}: ${message}`, { hint: hintFor(message) });
  if (!isLostConnection(error)) return new EngineError(`cannot ${doing}: ${message}`, { cause: error });
  return new EngineError(`cannot ${doing}: the connection to the Docker engine at ${endpoint} failed`, {
    hint: 'Check that the engine is running (`docker info` or `systemctl status docker`), then run the command again.',
    cause: error,
  });
}

/** Advice for errors of the kernel, which engines pass on in its words. */
export function hintFor(message: string): string | undefined {
  if (/no space left on device/i.test(message)) {
    return "The disk of the engine's host is full.  `docker system df` shows what uses it.";
  }
  if (/cgroups not configured|does not have a cgroup/i.test(message)) {
    return (
      'Engines without cgroups, such as most rootless ones, cannot pause containers.  ' +
      'Pause single nodes instead: `vcluster-box pause --node NODE`.'
    );
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

/** Whether the error comes from the operating system, not from the engine. */
function isLostConnection(error: unknown): boolean {
  return error instanceof Error && 'code' in error && lostConnection.has(String(error.code));
}

/** The engine's own error message. */
export function engineMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The engine answered with an HTTP status that is not success. */
export interface Refusal extends Error {
  readonly statusCode: number;
}

/** @param body JSON with a `message`; text, if something other than an engine answers */
export function refusal(statusCode: number, body: string): Refusal {
  return Object.assign(new Error(messageIn(body) ?? `HTTP ${statusCode}: ${body.trim().slice(0, 200)}`), {
    statusCode,
  });
}

function messageIn(body: string): string | undefined {
  try {
    const { message } = JSON.parse(body) as { readonly message?: unknown };
    return typeof message === 'string' && message !== '' ? message : undefined;
  } catch {
    return undefined;
  }
}

export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number';
}
