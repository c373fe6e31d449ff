import type { Readable } from 'node:stream';

/**
 * Makes a request whose body is a stream.  A source that breaks off must break the request, too: what came until then could pass for the whole.
 *
 * @throws what broke the source, when that was it; the signal's reason, when it aborts
 */
export async function breakWithSource(
  source: Readable,
  signal: AbortSignal,
  send: (abortSignal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const broken = new AbortController();
  let cause: unknown;
  source.once('error', (error) => {
    cause = error;
    broken.abort();
  });
  try {
    await send(AbortSignal.any([signal, broken.signal]));
  } catch (error) {
    signal.throwIfAborted();
    throw cause ?? error;
  } finally {
    // An engine that refuses stops reading, and whoever makes the rest would wait for it for ever.
    source.on('error', () => undefined);
    source.destroy();
  }
}
