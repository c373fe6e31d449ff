import type { Plan } from './plan.ts';

/** Number of master candidates that Ganeti maintains (`--candidate-pool-size`).  Only these run confd. */
const candidates = 10;

const perNode = { memoryMiB: 30, diskMiB: 5 };

/**
 * Measured needs of an idle cluster: 30 MiB per node (28 for its noded, and a share of the rest) and 150 MiB for the
 * master's daemons.  Each confd uses an inotify instance, and so do luxid and wconfd; two are spare.
 */
export function planNeeds(nodes: number): Plan['needs'] {
  return {
    memoryMiB: 150 + perNode.memoryMiB * nodes,
    diskMiB: 200 + perNode.diskMiB * nodes,
    inotifyInstances: Math.min(nodes, candidates) + 4,
    perNode,
  };
}
