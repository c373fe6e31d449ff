export const defaultDomain = 'example.com';

const mebi = 2 ** 20;

/**
 * Bytes for a slice.  An idle node needs about 13 MiB; the rest is for jobs, verify and instances.
 *
 * @param instances number of instances created with the cluster, by Ganeti jobs: 20 processes at a time
 */
export function defaultMemory(nodes: number, instances = 0): number {
  return (1024 + 64 * nodes + 64 * Math.min(instances, 20)) * mebi;
}

/**
 * How long `up` waits for a cluster, not counting its image: five times what two busy cores need.  Slices on several
 * hosts wait up to two minutes for each other, and then report which of them is missing.
 */
export function defaultTimeoutSeconds(nodes: number, instances: number, hosts = 0): number {
  return 120 + 2 * nodes + 10 * instances + (hosts > 1 ? 120 : 0);
}

/** With `on-failure`, a cluster that has stopped itself at the end of its lifetime stays stopped. */
export function defaultRestartPolicy(ttl: number | undefined): 'on-failure' | 'unless-stopped' {
  return ttl === undefined ? 'unless-stopped' : 'on-failure';
}
