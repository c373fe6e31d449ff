import { isIPv4 } from 'node:net';
import { clusterFile } from '../../config/cluster-spec.ts';
import type { HostOptions } from '../../config/host-options.ts';
import type { NodeOptions } from '../../config/node-options.ts';
import type { ClusterRequest, GivenOptions } from '../../config/parse-cluster-spec.ts';
import type { Fields, Kind, List, Scalar } from '../../config/values.ts';
import type { ContainerDetails, Engine, ImageSummary, Labels } from '../../engine/engine.ts';
import { ConflictError } from '../../errors.ts';
import { imageLabels } from '../../image/labels.ts';
import type { OwnGaneti } from '../../image/own/read-own.ts';
import { nodesIn } from '../../plan/choose-slice.ts';
import { givenBefore } from '../../plan/labels.ts';
import { sizesOf } from '../../plan/plan-nodes.ts';
import type { Plan, PlannedNode, PlannedSlice } from '../../plan/plan.ts';
import type { Cluster } from '../find.ts';
import { engineOf } from '../multi-engine/multi-engine.ts';
import { inspectSlices } from '../inspect.ts';
import { isRapi } from '../rapi-url.ts';

/** What exists, as far as it can be compared with options. */
export interface Actual {
  readonly container: Pick<ContainerDetails, 'labels' | 'ports' | 'network' | 'memory' | 'nanoCpus'>;
  readonly plan: Plan;
  readonly image: ImageSummary | undefined;
}

export interface Existing {
  readonly cluster: Cluster;
  readonly plan: Plan;
  readonly request: ClusterRequest;
  readonly own: OwnGaneti | undefined;
}

/**
 * Refuses options that differ from those of an existing cluster; those that were not given do not count.
 *
 * @throws {ConflictError}
 */
export async function refuseDifferences(engine: Engine, { cluster, plan, request, own }: Existing): Promise<void> {
  const { name } = cluster;
  // It has no Ganeti cluster that could be waited for.
  if (plan.provision === false) {
    throw new ConflictError(`${name} was created for the QA suite, which creates and destroys its own Ganeti cluster`, {
      hint: `choose another name, or remove it: vcluster-box down ${name}`,
    });
  }
  const [container] = await inspectSlices(engine, cluster);
  const image = await engineOf(engine, container.name).inspectImage(container.image);
  const differences = [
    ...findDifferences(request.given, { container, plan, image }),
    ...ownDifferences(own, container.labels),
  ];
  if (differences.length === 0) return;
  throw new ConflictError(`cluster ${name} already exists with different options: ${differences.join('; ')}`, {
    hint: `leave these options out to use it unchanged, or recreate it: vcluster-box down ${name}`,
  });
}

/** Packages and trees are compared by their content. */
function ownDifferences(own: OwnGaneti | undefined, labels: Labels): readonly string[] {
  if (own === undefined || own.hash === labels[imageLabels.own]) return [];
  const source = labels[imageLabels.ownSource];
  const is = source === undefined ? "Debian's" : `from ${source}`;
  const other = source?.startsWith(own.kind) === true ? 'other ' : '';
  return [`its Ganeti is ${is}, requested ${other}${own.kind}: ${own.from}`];
}

/** The given options that differ from what exists, each as `nodes[1].group is default, requested rack2`.  Pure. */
export function findDifferences(given: GivenOptions, actual: Actual): readonly string[] {
  const { nodeOptions, nodes, underlay, rapi, ...others } = given;
  const found = describeActual(actual);
  // `auto` accepts what was chosen.
  const wanted = {
    ...others,
    nodes: nodeOptions ?? nodes,
    underlay: underlay === 'auto' ? undefined : underlay,
    rapi: rapi?.port === 'auto' ? { ...rapi, port: found.rapi?.port } : rapi,
  };
  return compare('', clusterFile, { wanted, found });
}

interface Both<T = unknown> {
  readonly wanted: T;
  readonly found: T;
}

type Lists = Both<readonly unknown[]>;

/** @param path of the value: `nodes[1].group` */
function compare(path: string, kind: Kind, { wanted, found }: Both): readonly string[] {
  if (wanted === undefined || found === undefined) return [];
  switch (kind.type) {
    case 'either':
      return compare(path, typeof wanted === 'object' ? kind.long : kind.short, { wanted, found });
    case 'fields':
      return compareFields(path, kind, { wanted, found });
    case 'list':
      return compareLists(path, kind, { wanted, found } as Lists);
    case 'scalar':
      return compareTexts(path, show(kind, found), show(kind, wanted));
  }
}

function compareFields(path: string, { options }: Fields, both: Both): readonly string[] {
  const [wanted, found] = [both.wanted, both.found] as [Readonly<Record<string, unknown>>, typeof options];
  return Object.entries(options).flatMap(([name, { value }]) => {
    const inner = path === '' ? name : `${path}.${name}`;
    return compare(inner, value, { wanted: wanted[name], found: found[name] });
  });
}

/** Of lists with different lengths, only the length is reported. */
function compareLists(path: string, { item }: List, { wanted, found }: Lists): readonly string[] {
  if (wanted.length !== found.length) return compareTexts(path, `${found.length}`, `${wanted.length}`);
  return wanted.flatMap((one, index) => compare(`${path}[${index}]`, item, { wanted: one, found: found[index] }));
}

function compareTexts(path: string, found: string, wanted: string): readonly string[] {
  return found === wanted ? [] : [`${path} is ${found}, requested ${wanted}`];
}

/** As users write it; of a list, its length. */
function show({ format = String }: Scalar, value: unknown): string {
  if (Array.isArray(value)) return `${value.length}`;
  return typeof value === 'string' ? value : format(value as never);
}

/** What exists, as it would be given. */
function describeActual({ container, plan, image }: Actual) {
  const rapi = container.ports.find((port) => isRapi(port, plan));
  const { memory: nodeMemory, cpus: nodeCpus, disk: nodeDisk } = sizesOf(plan.newNodes);
  return {
    ttl: 'none',
    ...givenBefore(container),
    nodes: plan.nodes.map(describeNode),
    ...{ nodeMemory, nodeCpus, nodeDisk },
    groups: plan.groups,
    instances: plan.instances.filter(({ node }) => node !== undefined).length,
    instanceNames: plan.instances.map(({ names }) => names.at(-1)),
    hosts: plan.slices.map((slice) => describeSlice(slice, plan)),
    underlay: describeUnderlay(plan),
    network: container.network,
    ganeti: image?.labels[imageLabels.ganeti],
    subnet: plan.network.subnet,
    secondarySubnet: plan.network.secondarySubnet ?? 'none',
    bridges: plan.network.bridges ?? [],
    domain: plan.cluster.names[0]?.replace(/^cluster\./, ''),
    rapi: rapi && { address: rapi.hostAddress, port: rapi.hostPort },
    memory: container.memory,
    cpus: container.nanoCpus / 1e9,
    watcher: plan.watcher !== null,
  };
}

function describeNode(node: PlannedNode): NodeOptions {
  const { names, group, resources, masterCapable = true, vmCapable = true, drained = false, offline = false } = node;
  return { name: names.at(-1), group, masterCapable, vmCapable, drained, offline, ...sizesOf(resources) };
}

function describeSlice({ number, endpoint, underlay }: PlannedSlice, { nodes }: Plan): HostOptions {
  return { endpoint, nodes: nodesIn(nodes, number), advertise: underlay?.address, port: underlay?.port };
}

function describeUnderlay({ overlay, slices: [slice] }: Plan): string {
  if (overlay?.kind !== 'vxlan') return 'flat';
  return isIPv4(slice?.underlay?.address ?? '') ? 'vxlan' : 'swarm';
}
