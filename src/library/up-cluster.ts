import { randomBytes } from 'node:crypto';
import { up } from '../cluster/up/up.ts';
import { parseClusterSpec } from '../config/parse-cluster-spec.ts';
import type { EngineProvider } from '../engine/engine-provider.ts';
import type { Cluster } from './cluster.ts';
import { noSignals } from './exec.ts';
import { openCluster } from './open-cluster.ts';
import type { UpOptions } from './options.ts';

/** What the library knows about the process that it runs in. */
export interface LibraryEnvironment {
  /** of vcluster-box */
  readonly version: string;
  /** folder for the logs of failed starts */
  readonly stateDirectory: string;
}

/** See `up` in `index.ts`. */
export async function upCluster(
  engines: EngineProvider,
  options: Omit<UpOptions, 'engine'>,
  environment: LibraryEnvironment,
): Promise<Cluster> {
  const { onEvent: report = () => undefined, signal, ...clusterOptions } = options;
  const request = parseClusterSpec(clusterOptions, 'options');
  const runId = randomBytes(6).toString('hex');
  await up(engines, request, {
    ...environment,
    now: () => new Date(),
    report,
    runId,
    signals: noSignals,
    ...(signal !== undefined && { signal }),
  });
  return openCluster(await engines.engine(), request.spec.name, { report, runId });
}
