import { type Cluster, isFound, type LostCluster, lostError } from '../cluster/find.ts';
import { restartDaemons } from '../cluster/lifecycle/daemons.ts';
import type { RestartedDaemon } from '../cluster/sync/sync.ts';
import type { Engine } from '../engine/engine.ts';
import type { CliContext } from './context.ts';

/** A line for each daemon: `restarted ganeti-noded on node1.example.com, node2.example.com`, or on how many nodes. */
export function describeRestarted(restarted: readonly RestartedDaemon[]): readonly string[] {
  const daemons = [...new Set(restarted.map(({ daemon }) => daemon))];
  return daemons.map((daemon) => {
    const nodes = restarted.filter((one) => one.daemon === daemon).map(({ node }) => node);
    return `restarted ${daemon} on ${nodes.length > 3 ? `${nodes.length} nodes` : nodes.join(', ')}`;
  });
}

interface RestartFlags {
  readonly daemon?: readonly string[];
  readonly node?: readonly string[];
  readonly json?: boolean;
}

/** `restart --daemon`. */
export async function restartOnly(
  { print }: CliContext,
  engine: Engine,
  cluster: Cluster | LostCluster,
  { daemon = [], node = [], json }: RestartFlags,
): Promise<void> {
  if (!isFound(cluster)) throw lostError(cluster);
  const restarted = await restartDaemons(engine, cluster, { daemons: daemon, nodes: node });
  await print(json ? JSON.stringify(restarted, null, 2) : describeRestarted(restarted).join('\n'));
}
