import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject } from 'vitest';
import { containerName } from '../../src/plan/names.ts';
import { vcluster } from './cli.ts';
import { testCluster } from './e2e-clusters.ts';
import { succeed } from './e2e-succeed.ts';

export interface SharedCluster {
  readonly name: string;
  /** name of its container */
  readonly container: string;
  /** `vcluster-box -c NAME ...` */
  readonly run: typeof vcluster;
}

/** The master and the instances, as each node knows them. */
const look = 'cd "$GANETI_ROOTDIR/var/lib/ganeti" && cat ssconf_master_node ssconf_instance_list';

/**
 * The cluster of three nodes that the files of a worker share. The first file that needs it creates it, and it is
 * removed after all tests; a file that changes it restores it.
 * @throws {Error} naming the file before, if it did not. Then the next file gets a new cluster.
 */
export async function sharedCluster(): Promise<SharedCluster> {
  const name = testCluster('three');
  await succeed(['up', name, '-n', '3']);
  const user = join(inject('stateHome'), `${name}.user`);
  const { exitCode, stdout, stderr } = await vcluster(['-c', name, 'exec', '--all', 'sh', '-c', look]);
  const nodes = [1, 2, 3].map((number) => `node${number} | node1.example.com`);
  if (exitCode !== 0 || stdout.split('\n').toSorted().join() !== nodes.join()) {
    const before = await readFile(user, 'utf8').catch(() => 'no file');
    await succeed(['down', name]);
    throw new Error(`${before} has left the shared cluster changed:\n${stdout}\n${stderr}`);
  }
  await writeFile(user, expect.getState().testPath ?? '');
  return {
    name,
    container: containerName(name, 1),
    run: (args, options) => vcluster(['-c', name, ...args], options),
  };
}
