import { withCluster } from '../cluster.ts';
import type { Bench } from '../part.ts';
import { secondsOf } from '../timing.ts';

/** Stopping, starting and removing a cluster. */
export async function measurePower(bench: Bench): Promise<void> {
  const { cli, record } = bench;
  await withCluster(bench, 5, async ({ name, container }) => {
    record('restart', await secondsOf(() => cli.vcluster('restart', name)));
    const restart = async () => {
      await cli.docker('restart', container);
      // `up` waits until all daemons answer.  Docker's own health check runs only every 10 seconds.
      await cli.vcluster('up', name);
    };
    record('docker restart', await secondsOf(restart));
    record('stop', await secondsOf(() => cli.vcluster('stop', name)));
    record('start', await secondsOf(() => cli.vcluster('start', name)));
    record('down', await secondsOf(() => cli.vcluster('down', name)));
  });
}
