import type { Plan } from './plan.ts';

/** The plan of a slice that only gets its nodes ready, for somebody who makes the cluster: Ganeti's QA suite does. */
export function leaveToOthers(plan: Plan): Plan {
  return { ...plan, provision: false, watcher: null };
}
