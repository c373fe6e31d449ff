import type { Plan } from '../plan/plan.ts';

/** What a slice wrote is data from outside: it is looked at before it is believed.  `undefined` when it is no plan. */
export function parsePlan(text: string): Plan | undefined {
  try {
    const value = JSON.parse(text) as Plan | null;
    return value !== null && Array.isArray(value.nodes) ? value : undefined;
  } catch {
    return undefined;
  }
}
