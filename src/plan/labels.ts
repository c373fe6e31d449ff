import type { Labels } from '../engine/engine.ts';

/** Labels on everything that is made for a cluster.  They cannot change later, so they hold what is small and fixed. */
export const label = {
  /** the cluster's name, ours (`up NAME`) */
  cluster: 'vcluster-box.cluster',
  /** number of the slice, from 1; on containers only */
  slice: 'vcluster-box.slice',
  /** how many slices the cluster was created with; on slices' containers */
  slices: 'vcluster-box.slices',
  /** what a relay leads to, `NODE:PORT` or `rapi`; on relay containers only, and they have no number of a slice */
  port: 'vcluster-box.port',
  /** JSON of the options that were given */
  spec: 'vcluster-box.spec',
  /** version of vcluster-box that made it */
  version: 'vcluster-box.version',
  /** id of the `up` that made it */
  run: 'vcluster-box.run',
  /** when it ends itself, ISO 8601; only on clusters that do (`up --ttl`) */
  expires: 'vcluster-box.expires',
} as const;

/**
 * Whether a container of a cluster holds nodes.  Only relays say that they do not: a slice that was not made by this program
 * (`docker run --label vcluster-box.cluster=NAME`) may lack every other label.
 */
export function isSlice({ labels }: { readonly labels: Labels }): boolean {
  return !(label.port in labels);
}

/** The number of a slice, from 1. */
export function sliceNumber({ labels }: { readonly labels: Labels }): number {
  return Number(labels[label.slice] ?? 1);
}

/** Selects all that belongs to one cluster, or, without a name, to any. */
export function ofCluster(name = ''): Labels {
  return { [label.cluster]: name };
}
