import type { Plan } from './plan.ts';

/** Number of master candidates that Ganeti maintains (`--candidate-pool-size`).  Only these run confd. */
const candidates = 10;

/**
 * Measured needs of an idle cluster: 20 MiB per node (12.5 right after `up`; jobs and lists add some) and 150 MiB for
 * the master's daemons.
 */
export const idleNeeds = { memoryMiB: 150, diskMiB: 200, perNode: { memoryMiB: 20, diskMiB: 5 } };

/** Each confd uses an inotify instance, and so do luxid and wconfd; two are spare. */
export function planNeeds(nodes: number): Plan['needs'] {
  const { memoryMiB, diskMiB, perNode } = idleNeeds;
  return {
    memoryMiB: memoryMiB + perNode.memoryMiB * nodes,
    diskMiB: diskMiB + perNode.diskMiB * nodes,
    inotifyInstances: Math.min(nodes, candidates) + 4,
    perNode,
  };
}
