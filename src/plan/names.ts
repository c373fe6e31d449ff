/** Name of a slice's container.  That it is the same for every `up NAME` is the lock of two at once. */
export function containerName(cluster: string, slice: number): string {
  return `vcluster-box-${cluster}-${slice}`;
}

export function networkName(cluster: string): string {
  return `vcluster-box-${cluster}`;
}
