import type { Engine } from '../engine/engine.ts';
import { NotFoundError, SliceError } from '../errors.ts';
import type { Plan, PlannedNode } from '../plan/plan.ts';
import { slicePaths } from '../plan/slice-paths.ts';

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

/** Parses and checks what a slice wrote, because it is data from outside.  `undefined` when it is not a plan. */
export function parsePlan(text: string): Plan | undefined {
  try {
    const value = JSON.parse(text) as Plan | null;
    return value !== null && Array.isArray(value.nodes) ? value : undefined;
  } catch {
    return undefined;
  }
}
