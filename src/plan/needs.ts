import type { Plan } from './plan.ts';

/** Master candidates, of which Ganeti keeps as many (`--candidate-pool-size`): only they run confd. */
const candidates = 10;

const perNode = { memoryMiB: 30, diskMiB: 5 };

/**
 * What a cluster at rest takes, as measured: 30 MiB a node (28 its noded, and a share of the rest), 150 MiB for what the
 * master runs.  Each confd holds an inotify instance, and so do luxid and wconfd; two are to spare.
 */
export function planNeeds(nodes: number): Plan['needs'] {
  return {
    memoryMiB: 150 + perNode.memoryMiB * nodes,
    diskMiB: 200 + perNode.diskMiB * nodes,
    inotifyInstances: Math.min(nodes, candidates) + 4,
    perNode,
  };
}
