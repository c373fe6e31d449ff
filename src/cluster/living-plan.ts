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
  const hint = `the cluster is half-made or broken; remove it: vcluster-box down ${name}`;
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
 * Finds a node by its short or full name.
 *
 * @throws {NotFoundError} when there is no such node; the hint lists the existing ones
 */
export function findNode(plan: Plan, name: string): PlannedNode {
  const node = plan.nodes.find(({ names }) => names.includes(name));
  if (node !== undefined) return node;
  const cluster = plan.cluster.names.at(-1) ?? 'cluster';
  throw new NotFoundError(`there is no node ${name} in ${cluster}`, { hint: `there is: ${abbreviate(plan.nodes)}` });
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
export async function findPlan({ readFile }: Pick<Engine, 'readFile'>, container: string): Promise<Plan | undefined> {
  try {
    return parsePlan((await readFile(container, slicePaths.plan))?.toString() ?? '');
  } catch (error) {
    // For example, it is a directory.
    if (error instanceof FileError) return undefined;
    throw error;
  }
}
