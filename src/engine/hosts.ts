import type { Engine } from './engine.ts';

/** The ways to engines.  Each is gone once in a process; one that led nowhere is tried again when it is asked for again. */
export interface Hosts {
  /** The engine that is meant when none is named.  Connects when it is first called: what needs no engine works without one. */
  readonly engine: () => Promise<Engine>;
  /**
   * The engine of a host.
   *
   * @param endpoint as a plan has it: `ssh://...`, `tcp://...`, `unix://...`, the name of a docker context, or `default`, which
   * is what `engine` finds.  How TLS is done is told by the context, else by `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH`.
   * @throws {UnreachableError} naming the host
   */
  readonly connect: (endpoint: string) => Promise<Engine>;
  /**
   * The IPv4 address of the machine that an endpoint names, as it is known here; `undefined` when it names none.
   *
   * @throws {UsageError} when there is none that other machines could use
   */
  readonly addressOf: (endpoint: string) => Promise<string | undefined>;
}
