import type { Engine } from '../engine/engine.ts';
import type { Plan } from '../plan/plan.ts';
import { capture } from './capture.ts';
import type { Cluster } from './find.ts';

// Each node has a file that names the master; the newest first.
const script = 'cat $(ls -t "$0"/*/var/lib/ganeti/ssconf_master_node 2>/dev/null); true';

/**
 * Full name of the master of a cluster that runs: the one that most nodes take for it, for a node that was away may have
 * missed a failover; of equals, the one that was named last.  Before there is any, it is the first node.  Of several slices, those
 * that run are asked.
 */
export async function findMaster(engine: Engine, { slices }: Cluster, { directory, nodes }: Plan): Promise<string> {
  const running = slices.filter(({ state }) => state === 'running');
  const answers = await Promise.all(running.map(({ name }) => capture(engine, name, ['sh', '-c', script, directory])));
  const votes = new Map<string, number>();
  const names = answers.flatMap(({ stdout }) => stdout.split('\n').filter(Boolean));
  for (const name of names) votes.set(name, (votes.get(name) ?? 0) + 1);
  const [winner] = [...votes].sort(([, a], [, b]) => b - a);
  const known = winner !== undefined && nodes.some(({ names }) => names.includes(winner[0]));
  return known ? winner[0] : (nodes[0]?.names[0] ?? '');
}
