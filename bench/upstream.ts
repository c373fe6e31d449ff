import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { docker } from './cli.ts';
import { secondsOf } from './timing.ts';

const script = new URL('../../../bench/upstream.sh', import.meta.url);

// The limit of open files equals that of slices.  Daemons start slowly with engines that allow a million.
const options = ['--label=vcluster-box.test=bench', '--cap-add=NET_ADMIN', '--ulimit=nofile=1024:4096'];

/** Measures starting a container of the slice image, and upstream's way to three nodes in it. */
export async function measureUpstream(image: string): Promise<number> {
  const input = await readFile(script, 'utf8');
  let container = '';
  try {
    return await secondsOf(async () => {
      container = await docker('run', '--detach', '--init', ...options, '--entrypoint=sleep', image, 'infinity');
      await execa('docker', ['exec', '--interactive', container, 'bash'], { input });
    });
  } finally {
    if (container !== '') await docker('rm', '--force', container);
  }
}
