import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { succeed } from '../support/e2e-succeed.ts';

const dummy = new URL('../../images/slice/rootfs/usr/share/ganeti/os/dummy', import.meta.url).pathname;

/**
 * Creates a cluster as the walk-through has it: nodes with 32 GB of memory and 1.3 TB on two disks. The operating
 * system `debootstrap` installs what `dummy` does.
 */
export async function createForBooks(name: string, options: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'vcluster-box-os-'));
  await cp(dummy, join(folder, 'debootstrap'), { recursive: true });
  const size = ['--node-memory', '32g', '--node-cpus', '4', '--node-disk', '1300g'];
  await succeed([
    'up',
    name,
    ...options,
    ...size,
    '--ganeti',
    '3.0',
    '--no-watcher',
    '--os',
    join(folder, 'debootstrap'),
  ]);
  await rm(folder, { recursive: true });
}
