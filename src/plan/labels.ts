import type { GivenOptions } from '../config/parse-cluster-spec.ts';
import type { Labels } from '../engine/engine.ts';

/**
 * Labels on everything that is created for a cluster.  Labels cannot change, so they hold only small and fixed values.
 */
export const label = {
  /** the cluster's name, as given to `up NAME` */
  cluster: 'vcluster-box.cluster',
  /** slice number, from 1; on containers only */
  slice: 'vcluster-box.slice',
  /** number of slices with which the cluster was created; on slice containers only */
  slices: 'vcluster-box.slices',
  /** target of a relay, `NODE:PORT` or `rapi`; on relay containers only, which have no slice number */
  port: 'vcluster-box.port',
  /** the given options, as JSON */
  spec: 'vcluster-box.spec',
  /** version of vcluster-box that created it */
  version: 'vcluster-box.version',
  /** ID of the `up` run that created it */
  run: 'vcluster-box.run',
  /** when the cluster expires, ISO 8601; only on clusters with `up --ttl` */
  expires: 'vcluster-box.expires',
} as const;

/**
 * Whether a container of a cluster is a slice.  Only relays are marked as something else, because a slice that was not
 * created by vcluster-box (`docker run --label vcluster-box.cluster=NAME`) can lack every other label.
 */
export function isSlice({ labels }: { readonly labels: Labels }): boolean {
  return !(label.port in labels);
}

/** The number of a slice, from 1. */
export function sliceNumber({ labels }: { readonly labels: Labels }): number {
  return Number(labels[label.slice] ?? 1);
}

/** Selects everything that belongs to one cluster; without a name, to any cluster. */
export function ofCluster(name = ''): Labels {
  return { [label.cluster]: name };
}

/** The options that were given when the container was created. */
export function givenBefore({ labels }: { readonly labels: Labels }): GivenOptions {
  try {
    const value = JSON.parse(labels[label.spec] ?? '{}') as GivenOptions | null;
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
