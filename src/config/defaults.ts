const mebi = 2 ** 20;

/** Bytes for the whole slice.  A node needs about 30 MiB at rest; jobs, verify and instances need the rest. */
export function defaultMemory(nodes: number): number {
  return (1024 + 64 * nodes) * mebi;
}

/** How long `up` waits for a cluster of that size, its image being there.  Ample: two busy cores need a fifth of it. */
export function defaultTimeoutSeconds(nodes: number): number {
  return 120 + 2 * nodes;
}

/** With `on-failure`, a cluster that has ended itself at its time stays down. */
export function defaultRestartPolicy(ttl: number | undefined): 'on-failure' | 'unless-stopped' {
  return ttl === undefined ? 'unless-stopped' : 'on-failure';
}
