import { randomBytes } from 'node:crypto';
import { bringUp } from '../cluster/spread/bring-up.ts';
import { parseClusterSpec } from '../config/parse-cluster-spec.ts';
import type { EngineProvider } from '../engine/engine-provider.ts';
import type { Cluster } from './cluster.ts';
import { noSignals } from './no-signals.ts';
import { openCluster } from './open-cluster.ts';
import type { UpOptions } from './options.ts';

/** What the library knows of its surroundings: all that comes from the process. */
export interface LibraryWorld {
  /** of vcluster-box */
  readonly version: string;
  /** where the logs of failed starts are kept */
  readonly stateDirectory: string;
}

/** See `up` in `index.ts`. */
export async function upCluster(
  engines: EngineProvider,
  options: Omit<UpOptions, 'engine'>,
  world: LibraryWorld,
): Promise<Cluster> {
  const { onEvent: report = () => undefined, signal, ...asked } = options;
  const request = parseClusterSpec(asked, 'options');
  const runId = randomBytes(6).toString('hex');
  await bringUp(engines, request, {
    ...world,
    now: () => new Date(),
    report,
    runId,
    signals: noSignals,
    ...(signal !== undefined && { signal }),
  });
  return openCluster(await engines.engine(), request.spec.name, { report, runId });
}
