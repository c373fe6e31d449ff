import { CommandFailedError, InterruptedError, UnreachableError, UsageError, VclusterError } from '../../errors.ts';
import type { Host } from './host.ts';

/** What was done on a host failed: the same error, saying which host that is. */
export function onHost({ endpoint }: Pick<Host, 'endpoint'>, error: unknown): unknown {
  if (!(error instanceof VclusterError) || isToldAsItIs(error)) return error;
  const Kind = error.constructor as new (message: string, details: object) => VclusterError;
  const { hint, output, cause } = error;
  return new Kind(`host ${endpoint}: ${error.message}`, { hint, output, cause });
}

function isToldAsItIs(error: VclusterError): boolean {
  const kinds = [InterruptedError, UsageError, UnreachableError, CommandFailedError];
  return kinds.some((kind) => error instanceof kind);
}

/**
 * Does something on all hosts at once.  When it fails on one, what has begun on the others is waited for, so that it can be undone; but not for
 * long, for they may not answer either.
 */
export async function onAllHosts<T extends Pick<Host, 'endpoint'>, R>(
  hosts: readonly T[],
  run: (host: T) => Promise<R>,
  patienceMs = 20_000,
): Promise<readonly R[]> {
  const all = hosts.map((host) =>
    run(host).catch((error: unknown) => {
      throw onHost(host, error);
    }),
  );
  try {
    return await Promise.all(all);
  } catch (error) {
    await Promise.race([Promise.allSettled(all), patience(patienceMs)]);
    throw error;
  }
}

async function patience(ms: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
