const mebi = 2 ** 20;

/**
 * Bytes for the whole slice.  A node needs about 30 MiB at rest; jobs, verify and instances need the rest.
 *
 * @param instances that are made at the start: Ganeti runs a process for each job, 20 at once
 */
export function defaultMemory(nodes: number, instances = 0): number {
  return (1024 + 64 * nodes + 64 * Math.min(instances, 20)) * mebi;
}

/**
 * How long `up` waits for a cluster of that size, its image being there.  Ample: two busy cores need a fifth of it.  Slices on several
 * hosts may wait for each other for two minutes, and then can say which did not come.
 */
export function defaultTimeoutSeconds(nodes: number, instances: number, hosts = 0): number {
  return 120 + 2 * nodes + 10 * instances + (hosts > 1 ? 120 : 0);
}

/** With `on-failure`, a cluster that has ended itself at its time stays down. */
export function defaultRestartPolicy(ttl: number | undefined): 'on-failure' | 'unless-stopped' {
  return ttl === undefined ? 'unless-stopped' : 'on-failure';
}
