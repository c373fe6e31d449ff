import { withCluster } from '../cluster.ts';
import type { Bench } from '../part.ts';
import { secondsOf } from '../timing.ts';

/** Many instances on many nodes: created, listed, balanced, and running again after a restart of the slice. */
export async function measureInstances(bench: Bench, nodes: number, counts: readonly number[]): Promise<void> {
  const { cli, record } = bench;
  await withCluster(bench, nodes, ({ up }) => {
    record(`up ${nodes} without instances`, up);
  });
  for (const count of counts) {
    const options = ['--instances', `${count}`];
    await withCluster(
      bench,
      nodes,
      async ({ name, up, exec }) => {
        const expectAll = async () => {
          const list = await exec('node1', 'gnt-instance', 'list', '--no-headers', '-o', 'status');
          const running = list.split('\n').filter((status) => status.trim() === 'running').length;
          if (running !== count) throw new Error(`${running} of ${count} instances run:\n${list}`);
        };
        record(`up ${nodes} with ${count} instances`, up);
        record(`list of ${count} instances`, await secondsOf(expectAll));
        record(`hbal with ${count} instances`, await secondsOf(() => exec('node1', 'hbal', '-L')));
        const restart = async () => {
          await cli.vcluster('restart', name);
          await expectAll();
        };
        record(`restart with ${count} instances`, await secondsOf(restart));
      },
      options,
    );
  }
}
