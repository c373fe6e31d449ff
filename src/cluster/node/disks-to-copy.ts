import type { Engine } from '../../engine/engine.ts';
import type { Report } from '../../events.ts';
import { formatMemory } from '../../format.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Departure } from '../../plan/shrink.ts';
import { nodeDirectory } from '../../plan/slice-paths.ts';
import { findNode } from '../current-plan.ts';
import { capture } from '../exec.ts';
import type { Cluster } from '../find.ts';
import { containerOf } from './slice-container.ts';

/**
 * Below a node's directory; they contain nothing but the disks of its instances (`vcluster_node/own_paths.py`,
 * `vcluster_storage/lvm/store.py`), and a few KiB.
 */
const disks = ['srv/ganeti/file-storage', 'var/lib/vcluster-box'];

interface Where {
  readonly cluster: Cluster;
  readonly plan: Plan;
  readonly report: Report;
}

/** Says how much the removal of nodes is going to write: disks are sparse, so their size does not tell. */
export async function announceCopies(
  engine: Engine,
  { cluster, plan, report }: Where,
  departures: readonly Departure[],
): Promise<void> {
  for (const { node: name, moves } of departures) {
    const copies = moves.filter(({ by }) => by === 'copy').length;
    if (copies === 0) continue;
    const node = findNode(plan, name);
    const paths = disks.map((path) => `${nodeDirectory(plan, node)}/${path}`);
    const container = containerOf(cluster, node.slice);
    const { stdout } = await capture(engine, container, ['du', '-sck', '--', ...paths], { timeoutMs: 60_000 });
    const [, kibibytes] = /^(\d+)\ttotal$/m.exec(stdout) ?? [];
    if (kibibytes === undefined) continue;
    const what = copies === 1 ? 'the disks of one instance are' : `the disks of ${copies} instances are`;
    const message = `${name}: ${what} copied to other nodes, which writes ${formatMemory(Number(kibibytes) * 1024)}`;
    report({ type: 'notice', message });
  }
}
