/** Name of a slice's container.  It is the same for every `up NAME`, which serves as a lock against concurrent runs. */
export function containerName(cluster: string, slice: number): string {
  return `vcluster-box-${cluster}-${slice}`;
}

/** Each host port has one relay, so two concurrent `up` cannot publish the same port. */
export function relayName(cluster: string, hostPort: number): string {
  return `vcluster-box-${cluster}-port-${hostPort}`;
}

export function networkName(cluster: string): string {
  return `vcluster-box-${cluster}`;
}
