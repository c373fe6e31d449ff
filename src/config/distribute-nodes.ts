import type { HostOptions } from './host-options.ts';

type Requested = Pick<HostOptions, 'nodes' | 'share'>;

/**
 * How many nodes each host gets: the number given for it, or its share of the rest, and at least one.
 *
 * Contradictions (`distributionProblem`) have been refused before.
 */
export function distributeNodes(nodes: number, hosts: readonly Requested[]): readonly number[] {
  let rest = nodes - sum(hosts.map((host) => host.nodes ?? 0));
  let open = hosts.filter((host) => host.nodes === undefined);
  return hosts.map((host) => {
    if (host.nodes !== undefined) return host.nodes;
    const shares = sum(open.map(({ share = 1 }) => share));
    open = open.slice(1);
    // Leave one node for each of the following hosts.
    const own = Math.min(Math.max(1, Math.ceil((rest * (host.share ?? 1)) / shares)), rest - open.length);
    rest -= own;
    return own;
  });
}

/** The number of nodes that the hosts add up to; `undefined` unless every host gives one. */
export function nodesOfHosts(hosts: readonly Requested[]): number | undefined {
  const counts = hosts.flatMap(({ nodes }) => nodes ?? []);
  return hosts.length === 0 || counts.length < hosts.length ? undefined : sum(counts);
}

/** Why the nodes cannot be distributed over these hosts. */
export function distributionProblem(nodes: number, hosts: readonly Requested[]): string | undefined {
  const fixed = sum(hosts.map((host) => host.nodes ?? 0));
  const open = hosts.filter((host) => host.nodes === undefined).length;
  if (open === 0) return fixed === nodes ? undefined : `${nodes} requested, but the hosts add up to ${fixed}`;
  if (nodes >= fixed + open) return undefined;
  const why = fixed === 0 ? `one for each of ${open} hosts` : `${fixed}, and one for each other host`;
  return `${nodes} requested, but the hosts need at least ${fixed + open} (${why})`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
