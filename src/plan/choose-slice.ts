import { NotFoundError } from '../errors.ts';
import { planAddresses, refuseTooManySlices } from './addresses.ts';
import { planNeeds } from './needs.ts';
import type { Plan, PlannedSlice } from './plan.ts';

/**
 * The number of the slice on a host.
 *
 * @param host endpoint of its engine, as given to `up`, or only the name of its machine
 * @throws {NotFoundError} when the cluster is not on that host; the hint lists its hosts
 */
export function sliceOn({ slices }: Plan, host: string): number {
  const found = findSlice({ slices }, host);
  if (found !== undefined) return found.number;
  throw new NotFoundError(`the cluster is not on ${host}`, {
    hint: `it is on: ${slices.map(({ endpoint }) => endpoint).join(', ')}`,
  });
}

/** Like `sliceOn`, but returns the slice, or `undefined` when the cluster is not on that host. */
export function findSlice({ slices }: Pick<Plan, 'slices'>, host: string): PlannedSlice | undefined {
  return slices.find(({ endpoint }) => endpoint === host) ?? slices.find(({ endpoint }) => nameIn(endpoint) === host);
}

/** The first slice with the fewest nodes. */
export function smallestSlice({ slices, nodes }: Plan): number {
  const sizes = slices.map(({ number }) => ({ number, size: nodesIn(nodes, number) }));
  return sizes.reduce((least, each) => (each.size < least.size ? each : least)).number;
}

/**
 * What one of several slices needs.
 *
 * @param nodes of the whole cluster
 */
export function needsOf(nodes: Plan['nodes'], slice: number): Plan['needs'] {
  return planNeeds(nodesIn(nodes, slice));
}

export function nodesIn(nodes: Plan['nodes'], slice: number): number {
  return nodes.filter((node) => node.slice === slice).length;
}

function nameIn(endpoint: string): string {
  return /^[a-z]+:\/\/(?:[^@/]*@)?([^:/]+)/.exec(endpoint)?.[1] ?? '';
}

/** What is known about a host that joins the cluster. */
export type NewSlice = Pick<PlannedSlice, 'endpoint' | 'engine' | 'underlay'>;

/** The number of the next slice.  Numbers determine addresses, so a number in use is never assigned twice. */
export function nextSlice({ slices }: Pick<Plan, 'slices'>): number {
  return Math.max(0, ...slices.map(({ number }) => number)) + 1;
}

/**
 * Adds a slice without nodes to the cluster.
 *
 * @returns one plan per slice, in order of slice number
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
