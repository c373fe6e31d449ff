/** What decides which engine is used. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly uid: number;
}

/** A place where an engine may be. */
export interface Candidate {
  /** who says so: `DOCKER_HOST`, `docker context lab`, `default socket` */
  readonly source: string;
  /** as `DOCKER_HOST` would have it */
  readonly endpoint: string;
  readonly tls?: TlsFiles;
}

export interface TlsFiles {
  /** folder with `ca.pem`, `cert.pem` and `key.pem`, of which any may be missing */
  readonly directory: string;
  /** whether the engine must prove who it is */
  readonly verify: boolean;
}

/** The value of a variable; one that is empty counts as not set. */
export function variable({ env }: Pick<Surroundings, 'env'>, name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}

/** Docker's own configuration. */
export function dockerConfig(surroundings: Surroundings): string {
  return variable(surroundings, 'DOCKER_CONFIG') ?? `${surroundings.home}/.docker`;
}
