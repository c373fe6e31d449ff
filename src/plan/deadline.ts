import type { ClusterSpec } from '../config/cluster-spec.ts';
import type { Plan } from './plan.ts';

/** The plan of a cluster that is made now, with the time at which it ends itself, if its spec says so (`--ttl`). */
export function withDeadline(plan: Plan, { ttl }: Pick<ClusterSpec, 'ttl'>, now: Date): Plan {
  return { ...plan, expires: ttl === undefined ? null : new Date(now.getTime() + ttl * 1000).toISOString() };
}
