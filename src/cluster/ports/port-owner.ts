import type { ContainerDetails } from '../../engine/engine.ts';
import type { Plan } from '../../plan/plan.ts';

/** The cluster that ports are published of, on one of its hosts. */
export interface PortOwner {
  /** ours */
  readonly cluster: string;
  readonly slice: ContainerDetails;
  readonly plan: Plan;
}
