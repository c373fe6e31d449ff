import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../../engine/engine.ts';
import { exportCluster } from '../export/export-cluster.ts';
import { findCluster } from '../find.ts';

/** Whoever waits for a cluster must not wait long for the account of its failure. */
const patienceMs = 20_000;

interface Keeping {
  readonly stateDirectory: string;
  readonly name: string;
  /** of vcluster-box */
  readonly version: string;
}

/**
 * Saves an export of a cluster that could not be made, before it is removed, beside its log: `logs/CLUSTER-RUN.tar.gz`.
 *
 * @returns the file's path; `undefined` when there is none
 */
export async function keepExport(
  engine: Engine,
  cluster: string,
  { stateDirectory, name, version }: Keeping,
): Promise<string | undefined> {
  try {
    const folder = join(stateDirectory, 'logs');
    const signal = AbortSignal.timeout(patienceMs);
    await mkdir(folder, { recursive: true });
    const target = join(folder, `${name}.tar.gz`);
    return (await exportCluster(engine, await findCluster(engine, cluster), target, { version, signal })).path;
  } catch {
    return undefined; // The failure that led here is what the user must read; this would but hide it.
  }
}
