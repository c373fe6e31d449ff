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

/**
 * The cluster of three nodes that the files of a worker share. The first file that needs it creates it, and it is removed
 * after all tests; a file that changes it restores it.
 */
export async function sharedCluster(): Promise<SharedCluster> {
  const name = testCluster('three');
  await succeed(['up', name, '-n', '3']);
  return {
    name,
    container: containerName(name, 1),
    run: (args, options) => vcluster(['-c', name, ...args], options),
  };
}
