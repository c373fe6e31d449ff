import type { Engine } from '../engine/engine.ts';
import { FileError, NotFoundError, SliceError } from '../errors.ts';
import type { Plan, PlannedNode } from '../plan/plan.ts';
import { slicePaths } from '../plan/slice-paths.ts';
import { parseShape, type Shape } from '../shape.ts';

const namedAddress = { names: ['string'], address: 'string' } satisfies Shape;

interface PlannedCluster {
  readonly name: string;
  readonly slices: readonly { readonly name: string }[];
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

/** The plan with what Ganeti has changed. */
export interface KnownPlan extends Plan {
  /** full name of the master; `undefined` when no cluster exists (yet) */
  readonly master?: string;
}

/**
 * The plan as far as Ganeti agrees with it: with the cluster's name and address after `gnt-cluster rename`, and only
 * with nodes that are in the cluster (`gnt-node remove`), so without nodes after `gnt-cluster destroy`.  Also works on
 * a stopped cluster.
 */
export async function knownToGaneti(
  engine: Engine,
  { slices }: Pick<PlannedCluster, 'slices'>,
  plan: Plan,
): Promise<KnownPlan> {
  const reported = await Promise.all(slices.map(({ name }) => findLatest(engine, name)));
  const latest = reported.flatMap((one) => one ?? []).toSorted((a, b) => b.at - a.at)[0];
  if (latest === undefined) {
    // A slice that cannot be seen might have it.
    if (slices.length < plan.slices.length) return plan;
    // The link remains when its node has left the cluster.
    const links = await Promise.all(slices.map(({ name }) => engine.inspectPath(name, slicePaths.latest)));
    return links.some((link) => link !== undefined) ? { ...plan, nodes: [] } : plan;
  }
  const { name, address, master } = latest;
  const names = name === plan.cluster.names[0] ? plan.cluster.names : [name];
  const nodes = plan.nodes.filter((node) => latest.nodes.includes(node.names[0] ?? ''));
  return { ...plan, cluster: { names, address }, nodes, master };
}

interface Latest {
  /** seconds since the epoch, by the slice's clock */
  readonly at: number;
  readonly name: string;
  readonly address: string;
  readonly master: string;
  readonly nodes: readonly string[];
}

const latestShape = {
  at: 'number',
  name: 'string',
  address: 'string',
  master: 'string',
  nodes: ['string'],
} satisfies Shape;

/** What Ganeti told a slice's nodes last, and when; `undefined` when none is in a cluster. */
async function findLatest(engine: Engine, container: string): Promise<Latest | undefined> {
  const answer = parseShape(await readText(engine, container, `${slicePaths.latest}/latest.json`), latestShape);
  return 'problem' in answer ? undefined : (answer.value as Latest);
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
  network: {
    ...{ subnet: 'string', device: 'string', 'secondarySubnet?': 'string' },
    'bridges?': [{ name: 'string', 'subnet?': 'string' }],
  },
  'overlay?': { kind: 'string', 'vni?': 'number' },
  slices: [
    {
      ...{ number: 'number', 'address?': 'string', endpoint: 'string', engine: 'string' },
      'underlay?': { address: 'string', port: 'number' },
    },
  ],
  groups: [{ name: 'string', allocPolicy: 'string' }],
  nodes: [
    { ...namedAddress, slice: 'number', group: 'string', resources: { '*': 'number' }, 'secondaryAddress?': 'string' },
  ],
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
