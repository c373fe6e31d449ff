/** Name of a slice's container.  That it is the same for every `up NAME` is the lock of two at once. */
export function containerName(cluster: string, slice: number): string {
  return `vcluster-box-${cluster}-${slice}`;
}

/** One host port, one relay: so two `up` at once cannot publish it twice. */
export function relayName(cluster: string, hostPort: number): string {
  return `vcluster-box-${cluster}-port-${hostPort}`;
}

export function networkName(cluster: string): string {
  return `vcluster-box-${cluster}`;
}
