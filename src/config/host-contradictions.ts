import { distributionProblem, nodesOfHosts } from './distribute-nodes.ts';
import type { HostOptions } from './host-options.ts';
import type { Problem } from './problems.ts';

/** As much of the input as is right by itself and has to do with hosts. */
export interface HostParts {
  /** in the order given; `undefined` stands for one that is wrong */
  readonly hosts: readonly (HostOptions | undefined)[];
  /** of the nodes, as given */
  readonly nodeCount: number | undefined;
  readonly underlay: 'auto' | 'vxlan' | 'swarm' | undefined;
  readonly network: string | undefined;
  readonly encrypted: boolean | undefined;
}

/** What contradicts itself in what was said of hosts. */
export function hostContradictions(parts: HostParts): readonly Problem[] {
  return [
    ...loneHost(parts),
    ...withoutHosts(parts),
    ...doubleEndpoints(parts),
    ...twoWays(parts),
    ...notCarried(parts),
    ...nowhere(parts),
    ...dealing(parts),
  ];
}

function loneHost({ hosts }: HostParts): readonly Problem[] {
  if (hosts.length !== 1) return [];
  return [{ path: ['hosts'], message: 'two hosts at least, not one; for a cluster on one: DOCKER_HOST=ENDPOINT' }];
}

function withoutHosts({ hosts, underlay, network, encrypted }: HostParts): readonly Problem[] {
  if (hosts.length > 0) return [];
  const given = {
    underlay: underlay === 'auto' ? undefined : underlay,
    network,
    encrypted: encrypted === true ? true : undefined,
  };
  return Object.entries(given).flatMap(([option, value]) =>
    value === undefined ? [] : [{ path: [option], message: `only with several hosts` }],
  );
}

function doubleEndpoints({ hosts }: HostParts): readonly Problem[] {
  const taken = new Set<string>();
  return hosts.flatMap((host, index) => {
    if (host === undefined) return [];
    const twice = taken.has(host.endpoint);
    taken.add(host.endpoint);
    return twice ? [{ path: ['hosts', index], message: `a host that is not named twice, as ${host.endpoint} is` }] : [];
  });
}

function twoWays({ hosts, network, underlay = 'auto', encrypted }: HostParts): readonly Problem[] {
  if (hosts.length === 0) return [];
  const problems: Problem[] = [];
  if (network !== undefined && underlay !== 'auto') {
    problems.push({ path: ['underlay'], message: `auto with a network of the engines' own, not ${underlay}` });
  }
  if (encrypted === true && (network !== undefined || underlay === 'vxlan')) {
    problems.push({ path: ['encrypted'], message: 'false but for a network that is made in a swarm: a VXLAN is not' });
  }
  return problems;
}

/** No port of the hosts is needed where a network of the engines' own carries all. */
function notCarried({ hosts, network, underlay }: HostParts): readonly Problem[] {
  if (network === undefined && underlay !== 'swarm') return [];
  return hosts.flatMap((host, index) => {
    if (host?.port === undefined) return [];
    return [{ path: ['hosts', index], message: 'no port where a network of the engines carries all' }];
  });
}

/** With `auto`, only the engines know whether it is needed. */
function nowhere({ hosts, network, underlay }: HostParts): readonly Problem[] {
  if (network !== undefined || underlay !== 'vxlan') return [];
  return hosts.flatMap((host, index) => {
    if (host === undefined || host.advertise !== undefined || hasAddress(host.endpoint)) return [];
    return [{ path: ['hosts', index], message: `advertise=IP, by which the others reach it, for ${host.endpoint}` }];
  });
}

function dealing({ hosts, nodeCount }: HostParts): readonly Problem[] {
  const right = hosts.flatMap((host) => host ?? []);
  if (hosts.length < 2 || right.length < hosts.length) return [];
  const doubly = right.findIndex(({ nodes, share }) => nodes !== undefined && share !== undefined);
  if (doubly >= 0) return [{ path: ['hosts', doubly], message: 'nodes or share, not both' }];
  const message = distributionProblem(nodeCount ?? nodesOfHosts(right) ?? 3, right);
  return message === undefined ? [] : [{ path: ['nodes'], message }];
}

/** Whether it names a machine, by which others reach it too. */
function hasAddress(endpoint: string): boolean {
  return /^(?:ssh|tcp|https?):\/\//.test(endpoint);
}
