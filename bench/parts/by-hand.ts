import { readFile } from 'node:fs/promises';
import { pid } from 'node:process';
import { memoryOf } from '../memory.ts';
import type { Bench } from '../part.ts';
import { secondsOf } from '../timing.ts';

const script = new URL('../../../../bench/upstream.sh', import.meta.url);

// The limit of open files equals that of slices.  Daemons start slowly with engines that allow a million.
const options = ['--label=vcluster-box.test=bench', '--cap-add=NET_ADMIN', '--ulimit=nofile=1024:4096', '--init'];

/** Starting a container of the slice image, and upstream's way to a cluster in it, for each number of nodes. */
export async function measureByHand(bench: Bench, sizes: readonly number[]): Promise<void> {
  const { cli, cleaner, image, record } = bench;
  const input = await readFile(script, 'utf8');
  const container = `bench-by-hand-${pid}`;
  const create = ['run', '--detach', `--name=${container}`, ...options, '--entrypoint=sleep', image, 'infinity'];
  for (const nodes of sizes) {
    try {
      const seconds = await secondsOf(async () => {
        // Not interrupted: the engine could create the container after it was removed.
        await cleaner.docker(...create);
        await cli.run('docker', ['exec', '--interactive', container, 'bash', '-s', '--', `${nodes}`], input);
      });
      record(`by hand ${nodes}`, seconds);
      record(`by hand memory ${nodes}`, await memoryOf(cli, container, image));
    } finally {
      await cleaner.docker('rm', '--force', container);
    }
  }
}
