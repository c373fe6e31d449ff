import type { Engine } from './engine.ts';

/** Connects to engines: to each at most once in a process.  An attempt that failed is repeated on the next call. */
export interface EngineProvider {
  /** The default engine.  Connects on the first call, so that commands that need no engine work without one. */
  readonly engine: (warn?: (message: string) => void) => Promise<Engine>;
  /**
   * Connects to the engine of a host.
   *
   * @param endpoint as in a plan: `ssh://...`, `tcp://...`, `unix://...`, the name of a docker context, or `default`
   * for the default engine.  TLS is configured by the context, or else by `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH`.
   * @throws {UnreachableError} with the host's name
   */
  readonly connect: (endpoint: string) => Promise<Engine>;
  /**
   * Resolves an endpoint to the IPv4 address of its machine; `undefined` for a socket or a docker context.
   *
   * @throws {UsageError} if other machines cannot use the address, or there is none
   */
  readonly addressOf: (endpoint: string) => Promise<string | undefined>;
}
