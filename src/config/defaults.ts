/** The code name of the Debian release with each version of Ganeti.  The first version is the default. */
export const debianReleases = { '3.0': 'bookworm', '3.1': 'trixie' } as const;

export type GanetiVersion = keyof typeof debianReleases;

export const ganetiVersions = Object.keys(debianReleases) as [GanetiVersion, ...GanetiVersion[]];

/** The base image of Debian itself. */
export function defaultBase(release: string): string {
  return `debian:${release}-slim`;
}

export const defaultDomain = 'example.com';

const names = { perNode: 8, least: 100 };

/** Number of names to reserve for instances. */
export function defaultInstanceNames(nodes: number): number {
  return Math.max(names.least, names.perNode * nodes);
}

const mebi = 2 ** 20;

/** An idle node needs about 13 MiB; the rest is for jobs, verify and instances. */
const memoryMiB = { slice: 1024, perNode: 64, perInstance: 64 };

/** Ganeti runs at most so many jobs at a time, each in a process. */
const jobs = 20;

/**
 * Bytes for a slice.
 *
 * @param instances number of instances created with the cluster, by Ganeti jobs
 */
export function defaultMemory(nodes: number, instances = 0): number {
  const { slice, perNode, perInstance } = memoryMiB;
  return (slice + perNode * nodes + perInstance * Math.min(instances, jobs)) * mebi;
}

/** Five times what two busy cores need. */
const seconds = { cluster: 120, perNode: 2, perInstance: 10, severalHosts: 120 };

/**
 * How long `up` waits for a cluster, not counting its image.  Slices on several hosts wait up to two minutes for each
 * other, and then report which of them is missing.
 *
 * @param instances number of instances to create
 */
export function defaultTimeoutSeconds(nodes: number, instances: number, hosts = 0): number {
  const { cluster, perNode, perInstance, severalHosts } = seconds;
  return cluster + perNode * nodes + perInstance * instances + (hosts > 1 ? severalHosts : 0);
}

/** With `on-failure`, a cluster that has stopped itself at the end of its lifetime stays stopped. */
export function defaultRestartPolicy(ttl: number | undefined): 'on-failure' | 'unless-stopped' {
  return ttl === undefined ? 'unless-stopped' : 'on-failure';
}

/** For help and documentation: the defaults above that depend on other options. */
export const defaultTexts = {
  base: defaultBase('RELEASE'),
  instanceNames: `${names.perNode} per node, at least ${names.least}`,
  memory:
    `${memoryMiB.slice / 1024}g, plus ${memoryMiB.perNode}m per node ` +
    `and ${memoryMiB.perInstance}m per new instance, up to ${jobs}`,
  restart: `${defaultRestartPolicy(undefined)}, or ${defaultRestartPolicy(0)} with a ttl`,
  timeout:
    `${seconds.cluster}s, plus ${seconds.perNode}s per node, ${seconds.perInstance}s per new instance, ` +
    `${seconds.severalHosts}s on several hosts`,
};
