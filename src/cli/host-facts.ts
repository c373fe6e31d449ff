import type { ClusterHost } from '../cluster/cluster-hosts.ts';

/** A line for each of several hosts, for lists of facts. */
export function hostFacts(hosts: readonly ClusterHost[] = []): readonly (readonly [string, string])[] {
  return hosts.map((host) => ['Host', hostLine(host)]);
}

/** `ssh://ops@alpha: 20 nodes, running, RAPI at https://127.0.0.1:5080` */
function hostLine({ host, nodes, state, rapi, problem }: ClusterHost): string {
  const count = nodes === null ? [] : [`${nodes} ${nodes === 1 ? 'node' : 'nodes'}`];
  const how = problem === null ? [state, ...(rapi === null ? [] : [`RAPI at ${rapi}`])] : [problem];
  return `${host}: ${[...count, ...how].join(', ')}`;
}
