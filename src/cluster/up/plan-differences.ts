import type { GivenOptions } from '../../config/parse-cluster-spec.ts';
import type { NodeOptions } from '../../config/node-options.ts';
import { formatSize } from '../../config/quantities.ts';
import { sizesOf } from '../../plan/node-resources.ts';
import type { Plan, PlannedNode } from '../../plan/plan.ts';

type Leaves = Readonly<Record<string, string | boolean | undefined>>;

/** How an option differs from what exists, as users read it: `nodes[1].group is default, requested rack2`. */
export function difference(option: string, found: unknown, requested: unknown): string {
  return `${option} is ${String(found)}, requested ${String(requested)}`;
}

/** The options about nodes, groups and instances that differ from the plan. */
export function planDifferences(given: GivenOptions, plan: Plan): readonly string[] {
  const made = plan.instances.filter(({ node }) => node !== undefined);
  return [
    ...ofCount('nodes', given.nodes, plan.nodes.length),
    ...ofList('nodes', given.nodeOptions?.map(withUnits), plan.nodes.map(describeNode)),
    ...ofCount('groups', given.groups?.length, plan.groups.length),
    ...ofList('groups', given.groups, plan.groups),
    ...ofCount('instances', given.instances, made.length),
    ...ofNames(
      given.instanceNames,
      plan.instances.map(({ names: [, short] }) => short),
    ),
  ];
}

function describeNode(node: PlannedNode): Leaves {
  const { names, group, resources, masterCapable = true, vmCapable = true, drained = false, offline = false } = node;
  return { name: names.at(-1), group, masterCapable, vmCapable, drained, offline, ...withUnits(sizesOf(resources)) };
}

/** As they would be given. */
function withUnits({ memory, cpus, disk, ...others }: NodeOptions): Leaves {
  return {
    ...others,
    ...(memory !== undefined && { memory: formatSize(memory) }),
    ...(cpus !== undefined && { cpus: `${cpus}` }),
    ...(disk !== undefined && { disk: formatSize(disk) }),
  };
}

function ofCount(option: string, wanted: number | undefined, found: number): readonly string[] {
  return wanted === undefined || wanted === found ? [] : [difference(option, found, wanted)];
}

/** Of lists with different lengths, only the length is reported. */
function ofList(option: string, wanted: readonly object[] = [], found: readonly object[]): readonly string[] {
  if (wanted.length !== found.length) return [];
  return wanted.flatMap((one, index) => ofLeaves(`${option}[${index}].`, { ...one }, { ...found[index] }));
}

/** Ignores what is not in `wanted`. */
function ofLeaves(path: string, wanted: Leaves, found: Leaves): readonly string[] {
  return Object.entries(wanted).flatMap(([key, value]) => {
    return value === undefined || value === found[key] ? [] : [difference(`${path}${key}`, found[key], value)];
  });
}

function ofNames(wanted: GivenOptions['instanceNames'], found: readonly (string | undefined)[]): readonly string[] {
  if (typeof wanted !== 'object' || wanted.length !== found.length) {
    return ofCount('instanceNames', typeof wanted === 'object' ? wanted.length : wanted, found.length);
  }
  return ofLeaves('instanceNames', bracketed(wanted), bracketed(found));
}

function bracketed(list: readonly (string | undefined)[]): Leaves {
  return Object.fromEntries(list.map((value, index) => [`[${index}]`, value]));
}
