import { planAddresses, refuseTooManySlices } from './addresses.ts';
import { needsOf } from './choose-slice.ts';
import type { Plan, PlannedSlice } from './plan.ts';

/** What is known of a host that is to be one of the cluster's. */
export type NewSlice = Pick<PlannedSlice, 'endpoint' | 'engine' | 'underlay'>;

/** The number of the next slice that comes: numbers stand for addresses, and are not used while another has them. */
export function nextSlice({ slices }: Pick<Plan, 'slices'>): number {
  return Math.max(0, ...slices.map(({ number }) => number)) + 1;
}

/**
 * The cluster with one slice more, which has no nodes yet.
 *
 * @returns a plan for each slice, in the order of their numbers
 * @throws {UsageError} when the subnet is too small
 */
export function growSlices(plan: Plan, slice: NewSlice): readonly Plan[] {
  const { subnet } = plan.network;
  const number = nextSlice(plan);
  refuseTooManySlices(subnet, number);
  const address = planAddresses(subnet, plan.nodes.length).slice(number);
  const slices = [...plan.slices, { number, address, ...slice }];
  return slices.map((each) => ({ ...plan, slices, slice: each.number, needs: needsOf(plan.nodes, each.number) }));
}
