import { clusterOptions } from './cluster-options.ts';
import type { ClusterValues } from './cluster-spec.ts';
import { networkProblems } from './network-options.ts';
import { type HostParts, hostRules } from './host-rules.ts';
import {
  completeGroups,
  type GroupOptions,
  longestNodeName,
  type NodeOptions,
  takesInstances,
} from './node-options.ts';
import type { Path, Problem } from './problems.ts';
import type { Reading } from './read-value.ts';

/** What the rules look at: the options that are valid by themselves.  Invalid ones count as not given. */
interface ValidParts extends HostParts {
  readonly nodes: readonly Partial<NodeOptions>[];
  readonly groups: readonly Partial<GroupOptions>[];
  readonly instances: number;
  readonly instanceNames?: ClusterValues['instanceNames'];
  readonly domain?: string | undefined;
  readonly subnet?: string | undefined;
  readonly secondarySubnet?: string | undefined;
  readonly bridges?: ClusterValues['bridges'];
  readonly ttl?: number | undefined;
  readonly restart?: string | undefined;
  readonly packages?: readonly unknown[] | undefined;
  readonly tree?: string | undefined;
}

/** Finds options that contradict each other, so that these are reported together with the invalid ones. */
export function crossFieldProblems(reading: Reading<ClusterValues>): readonly Problem[] {
  const parts = validParts(reading);
  const rules = [
    drainedOrOffline,
    firstNodeIsMaster,
    groupsExist,
    uniqueGroups,
    uniqueNames,
    reservedNames,
    shortNames,
    enoughNames,
    nodesForInstances,
    restartWithTtl,
    networkProblems,
    oneGaneti,
    ...hostRules,
  ];
  return rules.flatMap((rule) => rule(parts));
}

function validParts({ value = {}, problems }: Reading<ClusterValues>): ValidParts {
  const { nodes, groups, hosts = [], instances = 0 } = value;
  const isInvalid = (...path: Path) => problems.some((one) => path.every((part, index) => one.path[index] === part));
  return {
    ...value,
    instances,
    nodes: typeof nodes === 'object' ? withoutGaps(nodes) : [],
    groups: typeof groups === 'object' ? withoutGaps(groups) : completeGroups(groups ?? clusterOptions.groups.default),
    hosts: hosts.map((host, index) => (isInvalid('hosts', index) ? undefined : host)),
    nodeCount: isInvalid('nodes') ? 'invalid' : countOf(nodes),
  };
}

function countOf(nodes: ClusterValues['nodes']): number | undefined {
  return typeof nodes === 'object' ? nodes.length : nodes;
}

function withoutGaps<Item extends object>(items: readonly (Item | undefined)[]): readonly Partial<Item>[] {
  return items.map((item) => item ?? {});
}

function drainedOrOffline({ nodes }: ValidParts): readonly Problem[] {
  return nodes.flatMap(({ drained, offline }, index) => {
    if (drained !== true || offline !== true) return [];
    return [{ path: ['nodes', index, 'offline'], message: 'a node cannot be both drained and offline' }];
  });
}

function firstNodeIsMaster({ nodes: [first = {}] }: ValidParts): readonly Problem[] {
  const { masterCapable = true, drained = false, offline = false } = first;
  const wrong = Object.entries({ masterCapable: !masterCapable, drained, offline }).filter(([, is]) => is);
  return wrong.map(([key]) => ({
    path: ['nodes', 0, key],
    message: `must be ${key === 'masterCapable'}, because the first node is the master`,
  }));
}

function groupsExist({ nodes, groups }: ValidParts): readonly Problem[] {
  const names = groups.flatMap(({ name }) => name ?? []);
  return nodes.flatMap(({ group }, index) => {
    if (group === undefined || names.includes(group)) return [];
    const message = `there is no group "${group}", only ${[...new Set(names)].join(', ')}`;
    return [{ path: ['nodes', index, 'group'], message }];
  });
}

function uniqueGroups({ groups }: ValidParts): readonly Problem[] {
  return duplicates(groups.map(({ name }, index) => [name, ['groups', index, 'name']]));
}

/** Nodes, instances and the cluster have names in one domain. */
function uniqueNames({ nodes, instanceNames }: ValidParts): readonly Problem[] {
  const listed = typeof instanceNames === 'object' ? instanceNames : [];
  return duplicates([
    ['cluster', []],
    ...nodes.map(({ name }, index): Named => [name ?? `node${index + 1}`, ['nodes', index, 'name']]),
    ...listed.map((name, index): Named => [name, ['instanceNames', index]]),
  ]);
}

type Named = readonly [name: string | undefined, path: Path];

function duplicates(named: readonly Named[]): readonly Problem[] {
  const taken = new Set<string>();
  return named.flatMap(([name, path]) => {
    if (name === undefined) return [];
    if (taken.has(name)) return [{ path, message: `the name "${name}" is already in use` }];
    taken.add(name);
    return [];
  });
}

/** Unless instances are named, they are called instance1, instance2 and so on. */
function reservedNames({ nodes, instanceNames }: ValidParts): readonly Problem[] {
  if (typeof instanceNames === 'object') return [];
  return nodes.flatMap(({ name = '' }, index) => {
    if (!/^instance[1-9]\d*$/.test(name)) return [];
    return [{ path: ['nodes', index, 'name'], message: `"${name}" is reserved for instances` }];
  });
}

function shortNames({ nodes, domain = clusterOptions.domain.default }: ValidParts): readonly Problem[] {
  return nodes.flatMap(({ name = '', masterCapable = true }, index) => {
    const full = `${name}.${domain}`;
    const longest = longestNodeName(masterCapable);
    if (full.length <= longest) return [];
    const [master, other] = [longestNodeName(true), longestNodeName(false)];
    const limit = `a node that can become master can have ${master}, any other ${other}`;
    return [{ path: ['nodes', index, 'name'], message: `"${full}" has ${full.length} characters; ${limit}` }];
  });
}

function enoughNames({ instances, instanceNames }: ValidParts): readonly Problem[] {
  const names = typeof instanceNames === 'object' ? instanceNames.length : (instanceNames ?? instances);
  if (instances <= names) return [];
  return [{ path: ['instances'], message: `${instances} requested, but there are only ${names} instanceNames` }];
}

function nodesForInstances({ nodes, instances }: ValidParts): readonly Problem[] {
  if (instances === 0 || nodes.length === 0 || nodes.some(takesInstances)) return [];
  return [{ path: ['instances'], message: `${instances} requested, but no node can host instances` }];
}

/** With any other policy, the engine would restart a cluster that has ended itself. */
function restartWithTtl({ ttl, restart = 'no' }: ValidParts): readonly Problem[] {
  if (ttl === undefined || restart === 'no' || restart === 'on-failure') return [];
  return [{ path: ['restart'], message: `must be no or on-failure when ttl is set, not ${restart}` }];
}

function oneGaneti({ packages = [], tree }: ValidParts): readonly Problem[] {
  if (tree === undefined || packages.length === 0) return [];
  return [{ path: ['tree'], message: 'cannot be used together with packages' }];
}
