import pMap from 'p-map';
import type { Engine, Labels } from '../engine/engine.ts';
import { FileError, NotFoundError, SliceError } from '../errors.ts';
import { sliceNumber } from '../plan/labels.ts';
import type { Plan, PlannedNode } from '../plan/plan.ts';
import { nodeDirectory, slicePaths } from '../plan/slice-paths.ts';
import { parseShape, type Shape } from '../shape.ts';

const namedAddress = { names: ['string'], address: 'string' } satisfies Shape;

interface PlannedCluster {
  readonly name: string;
  readonly slices: readonly { readonly name: string; readonly labels: Labels }[];
}

/**
 * Reads the current plan of a cluster from the first slice that has one.  Also works on a stopped cluster.
 *
 * @throws {SliceError} when the plan is missing, or has a version that this program does not know
 */
export async function readPlan(engine: Engine, { name, slices }: PlannedCluster): Promise<Plan> {
  const hint = `the cluster is only partly created, or damaged; remove it: vcluster-box down ${name}`;
  for (const slice of slices) {
    const text = await engine.readFile(slice.name, slicePaths.plan);
    if (text === undefined) continue;
    const plan = parsePlan(text.toString());
    if (plan?.version === 1) return plan;
    throw new SliceError(`cluster ${name} has a plan that this version of vcluster-box cannot read`, { hint });
  }
  throw new SliceError(`cluster ${name} has no plan (${slicePaths.plan})`, { hint });
}

/**
 * The plan as far as Ganeti agrees with it: with the cluster's name and address after `gnt-cluster rename`, and only with
 * nodes that are in the cluster (`gnt-node remove`), so without nodes after `gnt-cluster destroy`.  It asks the files of
 * the node that Ganeti has updated last, so it also works on a stopped cluster.
 */
export async function knownToGaneti(engine: Engine, { slices }: PlannedCluster, plan: Plan): Promise<Plan> {
  const found = await pMap(plan.nodes, (node) => findSsconf(engine, slices, plan, node), { concurrency: 16 });
  const latest = found.flatMap((one) => one ?? []).toSorted((a, b) => b.modifiedAt - a.modifiedAt)[0];
  if (latest === undefined) {
    // A slice that cannot be seen may have it.
    if (slices.length < plan.slices.length) return plan;
    const marks = await Promise.all(slices.map(({ name }) => engine.readFile(name, slicePaths.provisioned)));
    return marks.some((mark) => mark !== undefined) ? { ...plan, nodes: [] } : plan;
  }
  const read = async (key: string) => (await readText(engine, latest.container, `${latest.prefix}${key}`)).trim();
  const [name, address, nodes] = await Promise.all([read('cluster_name'), read('master_ip'), read('node_list')]);
  const names = name === '' || name === plan.cluster.names[0] ? plan.cluster.names : [name];
  return {
    ...plan,
    cluster: { names, address: address === '' ? plan.cluster.address : address },
    nodes: plan.nodes.filter((node) => nodes.split('\n').includes(node.names[0] ?? '')),
  };
}

/** The files in which Ganeti gives a node parts of its configuration; `undefined` when the node is in no cluster. */
async function findSsconf(engine: Engine, slices: PlannedCluster['slices'], plan: Plan, node: PlannedNode) {
  const container = slices.find((slice) => sliceNumber(slice) === node.slice)?.name;
  if (container === undefined) return undefined;
  const prefix = `${nodeDirectory(plan, node)}/var/lib/ganeti/ssconf_`;
  const file = await engine.inspectPath(container, `${prefix}node_list`);
  return file && { container, prefix, modifiedAt: file.modifiedAt };
}

/** Says that `gnt-cluster destroy` has removed the Ganeti cluster of a cluster, and what to do. */
export function destroyed(name: string): { readonly message: string; readonly hint: string } {
  const init = `vcluster-box -c ${name} exec node1 gnt-cluster init ...`;
  return {
    message: `the Ganeti cluster of ${name} no longer exists`,
    hint: `recreate it (vcluster-box down ${name} && vcluster-box up ${name}), or create one by hand (${init})`,
  };
}

/**
 * Finds a node by its short or full name.
 *
 * @throws {NotFoundError} when there is no such node; the hint lists the existing ones
 */
export function findNode(plan: Plan, name: string): PlannedNode {
  const node = plan.nodes.find(({ names }) => names.includes(name));
  if (node !== undefined) return node;
  throw new NotFoundError(`node ${name} does not exist`, { hint: `existing nodes: ${abbreviate(plan.nodes)}` });
}

function abbreviate(nodes: readonly PlannedNode[]): string {
  const names = nodes.map(({ names: all }) => all.at(-1) ?? '');
  return names.length <= 12 ? names.join(', ') : `${names.slice(0, 3).join(', ')} ... ${names.at(-1) ?? ''}`;
}

/** What this program uses of a plan.  The slice's program checks the rest. */
const planShape = {
  ...{ version: 'number', slice: 'number', cluster: namedAddress, directory: 'string' },
  network: { subnet: 'string', device: 'string' },
  'overlay?': { kind: 'string', 'vni?': 'number' },
  slices: [
    {
      ...{ number: 'number', 'address?': 'string', endpoint: 'string', engine: 'string' },
      'underlay?': { address: 'string', port: 'number' },
    },
  ],
  groups: [{ name: 'string', allocPolicy: 'string' }],
  nodes: [{ ...namedAddress, slice: 'number', group: 'string', resources: { '*': 'number' } }],
  newNodes: { '*': 'number' },
  instances: [namedAddress],
  init: ['string'],
  rapi: { port: 'number', publishedPort: 'number', user: 'string', names: ['string'] },
  needs: {
    ...{ memoryMiB: 'number', diskMiB: 'number', inotifyInstances: 'number' },
    perNode: { memoryMiB: 'number', diskMiB: 'number' },
  },
  'watcher?': { intervalSeconds: 'number' },
  'expires?': 'string',
} satisfies Shape;

/** Parses and checks what a slice wrote, because it is data from outside.  `undefined` when it is not a plan. */
export function parsePlan(text: string): Plan | undefined {
  const answer = parseShape(text, planShape);
  return 'problem' in answer ? undefined : (answer.value as Plan);
}

/** The plan of one slice; `undefined` when there is none, or it cannot be used. */
export async function findPlan(engine: Pick<Engine, 'readFile'>, container: string): Promise<Plan | undefined> {
  return parsePlan(await readText(engine, container, slicePaths.plan));
}

/** Empty when there is no such file. */
async function readText(engine: Pick<Engine, 'readFile'>, container: string, path: string): Promise<string> {
  try {
    return (await engine.readFile(container, path))?.toString() ?? '';
  } catch (error) {
    // For example, it is a directory.
    if (error instanceof FileError) return '';
    throw error;
  }
}
