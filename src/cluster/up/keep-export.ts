import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../../engine/engine.ts';
import { exportCluster } from '../export/export-cluster.ts';
import { findCluster } from '../find.ts';

/** Whoever waits for a cluster must not wait long for the account of its failure. */
const defaultPatienceMs = 20_000;

interface Keeping {
  readonly stateDirectory: string;
  readonly name: string;
  /** of vcluster-box */
  readonly version: string;
  /** what could not be done, and why */
  readonly failure: string;
  readonly patienceMs?: number;
}

/**
 * Saves an export of a cluster that could not be made, before it is removed, beside its log: `logs/CLUSTER-RUN.tar.gz`.
 *
 * @returns the file's path; `undefined` when there is none
 */
export async function keepExport(
  engine: Engine,
  cluster: string,
  { stateDirectory, name, version, failure, patienceMs = defaultPatienceMs }: Keeping,
): Promise<string | undefined> {
  const signal = AbortSignal.timeout(patienceMs);
  const write = async () => {
    const folder = join(stateDirectory, 'logs');
    await mkdir(folder, { recursive: true });
    const target = join(folder, `${name}.tar.gz`);
    const context = { version, signal, failure };
    return (await exportCluster(engine, await findCluster(engine, cluster), target, context)).path;
  };
  try {
    // Not every request of an engine ends with the signal.
    return await Promise.race([write(), aborted(signal)]);
  } catch {
    return undefined; // The failure that led here is what the user must read; this would but hide it.
  }
}

async function aborted(signal: AbortSignal): Promise<undefined> {
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true });
  });
}
