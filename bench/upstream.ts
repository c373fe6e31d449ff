import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { docker } from './cli.ts';
import { secondsOf } from './timing.ts';

const script = new URL('../../../bench/upstream.sh', import.meta.url);

// Open files limited as for our own slices: without that, engines that allow a million make every daemon slow to start.
const options = ['--label=vcluster-box.test=bench', '--cap-add=NET_ADMIN', '--ulimit=nofile=1024:4096'];

/** How long a container, and upstream's way to three nodes in it, take; the same image as for ours. */
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
