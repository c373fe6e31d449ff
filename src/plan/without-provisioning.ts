import type { Plan } from './plan.ts';

/** The plan of slices that only prepare their nodes; something else creates the Ganeti cluster, such as its QA suite. */
export function withoutProvisioning(plan: Plan): Plan {
  return { ...plan, provision: false, watcher: null };
}
