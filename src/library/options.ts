import type { Event } from '../events.ts';
import type { ClusterOptions } from './cluster-options.ts';

/** Which engine to use, and where to report events. */
export interface ConnectOptions {
  /**
   * Endpoint of the engine, as in `DOCKER_HOST`: `unix:///var/run/docker.sock`, `tcp://192.0.2.1:2376`.
   * Default: the same as on the command line: `DOCKER_HOST`, the Docker context, or the first of the usual sockets that
   * responds.
   */
  readonly engine?: string | undefined;
  /** Called with each step, warning and notice.  Errors it throws are not caught. */
  readonly onEvent?: ((event: Event) => void) | undefined;
}

export interface UpOptions extends ClusterOptions, ConnectOptions {
  /** Aborting removes what was created so far, and rejects the promise with the signal's `reason`. */
  readonly signal?: AbortSignal | undefined;
}
