import { pid } from 'node:process';
import { recordUp, withCluster } from '../cluster.ts';
import type { Bench } from '../part.ts';
import { stepSeries } from '../step-rows.ts';
import { secondsOf } from '../timing.ts';

/** `up` for each number of nodes. */
export async function measureUps(bench: Bench, sizes: readonly number[]): Promise<void> {
  for (const nodes of sizes) await withCluster(bench, nodes, (cluster) => recordUp(bench, cluster));
}

/**
 * A container of the same image, until its first process runs.
 *
 * An interruption waits for it: the engine could create the container after it was removed.
 */
export async function measureRaw({ cleaner, image, record }: Bench): Promise<void> {
  const name = `bench-raw-${pid}`;
  const argv = ['run', '--detach', `--name=${name}`, '--label=vcluster-box.test=bench', '--entrypoint=sleep', image];
  for (let count = 0; count < 3; count += 1) {
    try {
      record('raw', await secondsOf(() => cleaner.docker(...argv, 'infinity')));
    } finally {
      await cleaner.docker('rm', '--force', name);
    }
  }
}

/** `up -n 3`, step by step. */
export async function measureSteps(bench: Bench): Promise<void> {
  await withCluster(
    bench,
    3,
    ({ output }) => {
      const { timings } = JSON.parse(output) as { readonly timings: readonly Timing[] };
      for (const { title, elapsedMs } of timings) bench.record(stepSeries(title), elapsedMs / 1000);
    },
    ['--timings', '--json'],
  );
}

interface Timing {
  readonly title: string;
  readonly elapsedMs: number;
}

/** `up` with instances: creating these is most of it. */
export async function measureUpWithInstances(bench: Bench): Promise<void> {
  const options = ['--instances', '8'];
  await withCluster(
    bench,
    5,
    ({ up }) => {
      bench.record('up 5 with 8 instances', up);
    },
    options,
  );
}
