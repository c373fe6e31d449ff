import { availableParallelism } from 'node:os';
import { execa } from 'execa';
import { withCluster, type Cluster } from '../cluster.ts';
import { memoryOf } from '../memory.ts';
import type { Bench } from '../part.ts';
import { secondsOf } from '../timing.ts';

/** `gnt-node list`, which asks all nodes: right after `up`, again, and beside other work. */
export async function measureLists(bench: Bench, sizes: readonly number[]): Promise<void> {
  for (const nodes of sizes) {
    await withCluster(bench, nodes, async (cluster) => {
      const first = await recordList(bench, cluster, '');
      const again = await recordList(bench, cluster, ' again');
      const busy = await besideOtherWork(() => recordList(bench, cluster, ' busy'));
      bench.record(`list ${nodes} unanswered`, first + again + busy);
    });
  }
}

/** Memory right after `up`, and after ten lists. */
export async function measureMemory({ cli, image, ...bench }: Bench, sizes: readonly number[]): Promise<void> {
  for (const nodes of sizes) {
    await withCluster({ cli, image, ...bench }, nodes, async ({ container, exec }) => {
      bench.record(`memory ${nodes}`, await memoryOf(cli, container, image));
      for (let list = 0; list < 10; list += 1) await exec('node1', 'gnt-node', 'list');
      bench.record(`memory after lists ${nodes}`, await memoryOf(cli, container, image));
    });
  }
}

/** The largest cluster: it answers, also its last node. */
export async function measureLargest(bench: Bench, nodes: number): Promise<void> {
  await withCluster(bench, nodes, async (cluster) => {
    bench.record(`up ${nodes}`, cluster.up);
    bench.record(`list ${nodes} unanswered`, await recordList(bench, cluster, ''));
    bench.record(`exec ${nodes}`, await secondsOf(() => cluster.exec(`node${nodes}`, 'true')));
    bench.record(`memory ${nodes}`, await memoryOf(bench.cli, cluster.container, bench.image));
  });
}

/** Resolves to the number of nodes that the list shows with `?`, because they did not answer. */
async function recordList({ record }: Bench, { nodes, exec }: Cluster, kind: string): Promise<number> {
  let list = '';
  const seconds = await secondsOf(async () => {
    list = await exec('node1', 'gnt-node', 'list', '--no-headers');
  });
  record(`list ${nodes}${kind}`, seconds);
  const lines = list.split('\n');
  if (lines.length !== nodes) throw new Error(`gnt-node list shows ${lines.length} nodes of ${nodes}:\n${list}`);
  return lines.filter((line) => line.includes('?')).length;
}

/** Keeps all CPUs busy meanwhile; should this program be killed, not for longer than five minutes. */
async function besideOtherWork<Result>(measure: () => Promise<Result>): Promise<Result> {
  const loop = ['300', 'sh', '-c', 'while :; do :; done'];
  const loops = Array.from({ length: availableParallelism() }, () => execa('timeout', loop, { reject: false }));
  try {
    return await measure();
  } finally {
    for (const each of loops) each.kill();
    await Promise.all(loops);
  }
}
