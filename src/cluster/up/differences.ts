import type { NodeOptions } from '../../config/node-options.ts';
import type { ClusterRequest, GivenOptions } from '../../config/parse-cluster-spec.ts';
import { formatSeconds, formatSize } from '../../config/quantities.ts';
import type { ContainerDetails, Engine, ImageSummary } from '../../engine/engine.ts';
import { ConflictError } from '../../errors.ts';
import { imageLabels } from '../../image/labels.ts';
import { label } from '../../plan/labels.ts';
import { sizesOf } from '../../plan/plan-nodes.ts';
import type { Plan, PlannedNode } from '../../plan/plan.ts';
import type { Cluster } from '../find.ts';
import { engineOf } from '../multi-engine/multi-engine.ts';
import { inspectSlices } from '../inspect.ts';
import { difference, hostDifferences } from '../multi-host/host-differences.ts';
import { isRapi } from '../rapi-url.ts';

/** What exists, as far as it can be compared with options. */
export interface Actual {
  readonly container: ContainerDetails;
  readonly plan: Plan;
  readonly image: ImageSummary | undefined;
}

export interface Existing {
  readonly cluster: Cluster;
  readonly plan: Plan;
  readonly request: ClusterRequest;
}

/**
 * Refuses options that differ from those of an existing cluster; those that were not given do not count.
 *
 * @throws {ConflictError}
 */
export async function refuseDifferences(engine: Engine, { cluster, plan, request }: Existing): Promise<void> {
  const { name } = cluster;
  // It has no Ganeti cluster that could be waited for.
  if (plan.provision === false) {
    throw new ConflictError(`${name} was created for the QA suite, which creates and destroys its own Ganeti cluster`, {
      hint: `choose another name, or remove it: vcluster-box down ${name}`,
    });
  }
  const [container] = await inspectSlices(engine, cluster);
  const image = await engineOf(engine, container.name).inspectImage(container.image);
  const differences = findDifferences(request.given, { container, plan, image });
  if (differences.length === 0) return;
  throw new ConflictError(`cluster ${name} already exists with different options: ${differences.join('; ')}`, {
    hint: `leave these options out to use it unchanged, or recreate it: vcluster-box down ${name}`,
  });
}

/** The given options that differ from what exists, each as `nodes is 3, requested 5`.  Pure. */
function findDifferences(given: GivenOptions, actual: Actual): readonly string[] {
  const { nodes, nodeOptions, groups, instances, instanceNames, hosts, underlay, network, ...others } = given;
  const planned = { nodes, nodeOptions, groups, instances, instanceNames } as GivenOptions;
  const is = describeActual(actual);
  const different = Object.entries(others).flatMap(([option, wanted]) => {
    const found = is[option as keyof GivenOptions];
    return found === undefined || same(option, wanted, found)
      ? []
      : [difference(option, show(option, found), show(option, wanted))];
  });
  const onHosts = hostDifferences({ hosts, underlay, network } as GivenOptions, actual);
  return [...onHosts, ...planDifferences(planned, actual.plan), ...different];
}

/** The options that were given when the container was created. */
export function givenBefore({ labels }: Pick<ContainerDetails, 'labels'>): GivenOptions {
  try {
    const value = JSON.parse(labels[label.spec] ?? '{}') as GivenOptions | null;
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function describeActual({ container, plan, image }: Actual): Partial<Record<keyof GivenOptions, unknown>> {
  const rapi = container.ports.find((port) => isRapi(port, plan));
  return {
    ttl: 'none',
    ...givenBefore(container),
    memory: container.memory,
    cpus: container.nanoCpus / 1e9,
    ...(image !== undefined && { ganeti: image.labels[imageLabels.ganeti] }),
    ...(rapi !== undefined && { rapi: { address: rapi.hostAddress, port: rapi.hostPort } }),
    ...describeNewNodes(plan),
    subnet: plan.network.subnet,
    watcher: plan.watcher !== null,
    domain: plan.cluster.names[0]?.replace(/^cluster\./, ''),
  };
}

function describeNewNodes({ newNodes }: Plan): Partial<Record<keyof GivenOptions, unknown>> {
  const { memory, cpus, disk } = sizesOf(newNodes);
  return { nodeMemory: memory, nodeCpus: cpus, nodeDisk: disk };
}

const sizes = new Set(['memory', 'nodeMemory', 'nodeDisk']);

function same(option: string, wanted: unknown, found: unknown): boolean {
  if (option !== 'rapi') return wanted === found;
  const [want, is] = [wanted, found] as [Rapi, Rapi];
  return want.address === is.address && (want.port === 'auto' || want.port === is.port);
}

interface Rapi {
  readonly address: string;
  readonly port: number | 'auto';
}

/** As it would be given. */
function show(option: string, value: unknown): string {
  if (sizes.has(option) && typeof value === 'number') return formatSize(value);
  if (option === 'ttl' && typeof value === 'number') return formatSeconds(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const { address, port } = value as Rapi;
  return `${address}:${port}`;
}

type Leaves = Readonly<Record<string, string | boolean | undefined>>;

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
