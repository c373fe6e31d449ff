import type { HostOptions } from '../../config/host-options.ts';
import type { Engine } from '../../engine/engine.ts';
import type { EngineProvider } from '../../engine/engine-provider.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Cluster } from '../find.ts';

/** A host that is to be one of a cluster's. */
export interface Newcomer {
  /** by which all slices of the cluster are reached */
  readonly engine: Engine;
  /** all of it runs */
  readonly cluster: Cluster;
  readonly plan: Plan;
  readonly options: HostOptions;
  /** how many nodes are to be on it in the beginning */
  readonly count: number;
}

export type HostConnector = Pick<EngineProvider, 'connect' | 'addressOf'>;
