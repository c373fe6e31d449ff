import type { ContainerDetails, Engine } from '../../engine/engine.ts';
import type { Plan } from '../../plan/plan.ts';
import { findCluster } from '../find.ts';
import { inspectFirst } from '../inspect.ts';
import { readPlan } from '../living-plan.ts';

/** The cluster that ports are published of. */
export interface PortOwner {
  /** ours */
  readonly cluster: string;
  readonly slice: ContainerDetails;
  readonly plan: Plan;
}

/** @param name see `findCluster` */
export async function findPortOwner(engine: Engine, name: string | undefined): Promise<PortOwner> {
  const cluster = await findCluster(engine, name);
  const [slice, plan] = await Promise.all([inspectFirst(engine, cluster), readPlan(engine, cluster)]);
  return { cluster: cluster.name, slice, plan };
}
