import type { HostOptions } from './host-options.ts';

type Wish = Pick<HostOptions, 'nodes' | 'share'>;

/**
 * How many nodes each host gets: as many as is said, and of the rest by its share, one at least.
 *
 * What contradicts itself (`distributionProblem`) has been refused before.
 */
export function distributeNodes(nodes: number, hosts: readonly Wish[]): readonly number[] {
  let rest = nodes - sum(hosts.map((host) => host.nodes ?? 0));
  let open = hosts.filter((host) => host.nodes === undefined);
  return hosts.map((host) => {
    if (host.nodes !== undefined) return host.nodes;
    const shares = sum(open.map(({ share = 1 }) => share));
    open = open.slice(1);
    // Each of those that come yet must have one.
    const own = Math.min(Math.max(1, Math.ceil((rest * (host.share ?? 1)) / shares)), rest - open.length);
    rest -= own;
    return own;
  });
}

/** How many nodes there are where their number is not said otherwise; `undefined` when hosts do not say it either. */
export function nodesOfHosts(hosts: readonly Wish[]): number | undefined {
  const counts = hosts.map((host) => host.nodes);
  return hosts.length === 0 || counts.includes(undefined) ? undefined : sum(counts.map((count) => count ?? 0));
}

/** Why so many nodes cannot be dealt to these hosts, in a form that stands for `nodes`. */
export function distributionProblem(nodes: number, hosts: readonly Wish[]): string | undefined {
  const fixed = sum(hosts.map((host) => host.nodes ?? 0));
  const open = hosts.filter((host) => host.nodes === undefined).length;
  if (open === 0) return fixed === nodes ? undefined : `as many as the hosts are to have (${fixed}), not ${nodes}`;
  if (nodes >= fixed + open) return undefined;
  const why = fixed === 0 ? `one for each of ${open} hosts` : `${fixed} and one for each other host`;
  return `at least ${fixed + open} (${why}), not ${nodes}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
