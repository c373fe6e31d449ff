import { clusterOptions } from './cluster-options.ts';
import { distributionProblem, nodesOfHosts } from './distribute-nodes.ts';
import type { HostOptions } from './host-options.ts';
import type { Problem } from './problems.ts';

/** The valid options that concern hosts. */
export interface HostParts {
  /** in the order given; `undefined` stands for an invalid one */
  readonly hosts: readonly (HostOptions | undefined)[];
  readonly nodeCount: number | 'invalid' | undefined;
  readonly underlay?: 'auto' | 'vxlan' | 'swarm' | undefined;
  readonly network?: string | undefined;
  readonly encrypted?: boolean | undefined;
}

/** See `crossFieldProblems`. */
export const hostRules: readonly ((parts: HostParts) => readonly Problem[])[] = [
  severalHosts,
  onlyWithHosts,
  uniqueEndpoints,
  existingNetwork,
  encryptedSwarm,
  portForVxlan,
  advertisedAddress,
  distribution,
];

function severalHosts({ hosts }: HostParts): readonly Problem[] {
  if (hosts.length !== 1) return [];
  const message = 'at least two hosts are required; to use one remote host, set DOCKER_HOST=ENDPOINT instead';
  return [{ path: ['hosts'], message }];
}

function onlyWithHosts({ hosts, underlay = 'auto', network, encrypted = false }: HostParts): readonly Problem[] {
  if (hosts.length > 0) return [];
  const given = Object.entries({ underlay: underlay !== 'auto', network: network !== undefined, encrypted });
  return given.flatMap(([option, is]) => (is ? [{ path: [option], message: 'requires several hosts' }] : []));
}

function uniqueEndpoints({ hosts }: HostParts): readonly Problem[] {
  const taken = new Set<string>();
  return hosts.flatMap((host, index) => {
    if (host === undefined) return [];
    const duplicate = taken.has(host.endpoint);
    taken.add(host.endpoint);
    return duplicate ? [{ path: ['hosts', index], message: `${host.endpoint} is listed twice` }] : [];
  });
}

function existingNetwork({ hosts, network, underlay = 'auto', encrypted = false }: HostParts): readonly Problem[] {
  if (hosts.length === 0 || network === undefined) return [];
  const given = Object.entries({ underlay: underlay !== 'auto', encrypted });
  return given.flatMap(([option, is]) =>
    is ? [{ path: [option], message: `cannot be combined with the existing network ${network}` }] : [],
  );
}

function encryptedSwarm({ hosts, network, underlay, encrypted = false }: HostParts): readonly Problem[] {
  if (hosts.length === 0 || network !== undefined || underlay !== 'vxlan' || !encrypted) return [];
  return [{ path: ['encrypted'], message: 'requires underlay swarm; VXLAN traffic is not encrypted' }];
}

function portForVxlan({ hosts, network, underlay }: HostParts): readonly Problem[] {
  if (network === undefined && underlay !== 'swarm') return [];
  return hosts.flatMap((host, index) => {
    if (host?.port === undefined) return [];
    return [{ path: ['hosts', index], message: 'port is only used by a VXLAN between the hosts' }];
  });
}

/** With `auto`, whether the address is needed depends on the engines. */
function advertisedAddress({ hosts, network, underlay }: HostParts): readonly Problem[] {
  if (network !== undefined || underlay !== 'vxlan') return [];
  return hosts.flatMap((host, index) => {
    if (host === undefined || host.advertise !== undefined || namesMachine(host.endpoint)) return [];
    const message = `advertise=IP is required, because ${host.endpoint} does not say at which address others reach it`;
    return [{ path: ['hosts', index], message }];
  });
}

function distribution({ hosts, nodeCount }: HostParts): readonly Problem[] {
  const valid = hosts.flatMap((host) => host ?? []);
  if (hosts.length < 2 || valid.length < hosts.length || nodeCount === 'invalid') return [];
  const both = valid.findIndex(({ nodes, share }) => nodes !== undefined && share !== undefined);
  if (both >= 0) return [{ path: ['hosts', both], message: 'nodes and share cannot be combined' }];
  const message = distributionProblem(nodeCount ?? nodesOfHosts(valid) ?? clusterOptions.nodes.default, valid);
  return message === undefined ? [] : [{ path: ['nodes'], message }];
}

function namesMachine(endpoint: string): boolean {
  return /^(?:ssh|tcp|https?):\/\//.test(endpoint);
}
