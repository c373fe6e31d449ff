import { hostContradictions } from './host-contradictions.ts';
import { takesInstances, type NodeOptions } from './node-options.ts';
import type { Path, Problem } from './problems.ts';
import { rightParts, type RightParts } from './right-parts.ts';

/**
 * What contradicts itself in options each of which may be right.  What is wrong by itself is left out, so that both kinds
 * can be told at once.
 */
export function contradictions(input: Readonly<Record<string, unknown>>): readonly Problem[] {
  const right = rightParts(input);
  return [
    ...right.nodes.flatMap(twoStates),
    ...firstNode(right),
    ...unknownGroups(right),
    ...doubles(right.groups.map(({ name }, index) => [name, ['groups', index, 'name']])),
    ...doubles(hostNames(right)),
    ...likeInstances(right),
    ...tooManyInstances(right),
    ...nowhereForInstances(right),
    ...endlessRestart(right),
    ...hostContradictions(right),
  ];
}

function twoStates({ drained, offline }: Partial<NodeOptions>, index: number): readonly Problem[] {
  if (drained !== true || offline !== true) return [];
  return [{ path: ['nodes', index, 'offline'], message: 'a node is drained or offline, not both' }];
}

function firstNode({ nodes: [first = {}] }: RightParts): readonly Problem[] {
  const { masterCapable = true, drained = false, offline = false } = first;
  const wrong = Object.entries({ masterCapable: !masterCapable, drained, offline }).filter(([, is]) => is);
  return wrong.map(([key]) => ({
    path: ['nodes', 0, key],
    message: `${key === 'masterCapable'} for the first node, which is the master, not ${key !== 'masterCapable'}`,
  }));
}

function unknownGroups({ nodes, groups }: RightParts): readonly Problem[] {
  const names = [...new Set(groups.flatMap(({ name }) => name ?? []))];
  return nodes.flatMap(({ group }, index) => {
    if (group === undefined || names.includes(group)) return [];
    return [{ path: ['nodes', index, 'group'], message: `one of the groups (${names.join(', ')}), not ${group}` }];
  });
}

type Named = readonly [name: unknown, path: Path];

/** All of them are names in the one domain. */
function hostNames({ nodes, instanceNames }: RightParts): readonly Named[] {
  const listed = typeof instanceNames === 'object' ? instanceNames : [];
  return [
    ['cluster', []],
    ...nodes.map(({ name }, index): Named => [name ?? `node${index + 1}`, ['nodes', index, 'name']]),
    ...listed.map((name, index): Named => [name, ['instanceNames', index]]),
  ];
}

/** Where no names are given to the instances, theirs are instance1 and so on. */
function likeInstances({ nodes, instanceNames }: RightParts): readonly Problem[] {
  if (typeof instanceNames === 'object') return [];
  return nodes.flatMap(({ name = '' }, index) => {
    if (!/^instance[1-9]\d*$/.test(name)) return [];
    return [{ path: ['nodes', index, 'name'], message: `no name that instances have, as ${name} is` }];
  });
}

function doubles(named: readonly Named[]): readonly Problem[] {
  const taken = new Set<unknown>();
  return named.flatMap(([name, path]) => {
    if (typeof name !== 'string') return [];
    if (taken.has(name)) return [{ path, message: `a name that nothing else has, not ${name}` }];
    taken.add(name);
    return [];
  });
}

function tooManyInstances({ instances, instanceNames }: RightParts): readonly Problem[] {
  const names = typeof instanceNames === 'object' ? instanceNames.length : (instanceNames ?? instances);
  if (instances <= names) return [];
  return [{ path: ['instances'], message: `at most as many as there are instanceNames (${names}), not ${instances}` }];
}

function nowhereForInstances({ nodes, instances }: RightParts): readonly Problem[] {
  if (instances === 0 || nodes.length === 0 || nodes.some(takesInstances)) return [];
  return [{ path: ['instances'], message: `0 where no node can have instances, not ${instances}` }];
}

/** The engine would start it again when it has ended itself. */
function endlessRestart({ ttl, restart = 'no' }: RightParts): readonly Problem[] {
  if (ttl === undefined || restart === 'no' || restart === 'on-failure') return [];
  return [{ path: ['restart'], message: `no or on-failure with a ttl, not ${restart}` }];
}
