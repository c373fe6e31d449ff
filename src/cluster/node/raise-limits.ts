import { givenBefore } from '../../plan/labels.ts';
import type { Engine } from '../../engine/engine.ts';
import { EngineError, ResourceError } from '../../errors.ts';
import { formatMemory } from '../../format.ts';
import type { Report } from '../../events.ts';
import { needsOf } from '../../plan/choose-slice.ts';
import { idleNeeds } from '../../plan/needs.ts';
import type { Plan } from '../../plan/plan.ts';
import { raisedLimits } from '../../plan/raised-limits.ts';
import type { Cluster } from '../find.ts';
import { engineOf } from '../multi-engine/multi-engine.ts';
import { inspectSlice } from './slice-container.ts';

const mebi = 2 ** 20;

/**
 * Raises the limits of a slice's container to what it needs in a grown cluster.
 *
 * @param grown the plan, and the number of the slice
 * @throws {ResourceError} when the engine has too little memory, or the user gave a lower limit
 */
export async function raiseLimits(
  engine: Engine,
  cluster: Cluster,
  { plan, slice }: { readonly plan: Plan; readonly slice: number },
  report: Report,
): Promise<void> {
  const container = await inspectSlice(engine, cluster, slice);
  const grown = planIn(plan, slice);
  const memoryGiven = givenBefore(container).memory !== undefined;
  const limits = raisedLimits(container, grown.nodes.length, memoryGiven);
  const { memory } = await engineOf(engine, container.name).describe();
  refuseTooLittle({ memory, limit: limits?.memory ?? container.memory }, grown, container.name);
  if (limits === undefined) return;
  try {
    await engine.updateLimits(container.id, limits);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    // The limits are generous: the old ones can suffice as long as the load is low.
    report({ type: 'warning', message: `the memory and process limits were not raised: ${error.message}` });
  }
}

/** The part of the plan that concerns one slice. */
function planIn(plan: Plan, slice: number): Pick<Plan, 'nodes' | 'needs'> {
  return { nodes: plan.nodes.filter((node) => node.slice === slice), needs: needsOf(plan.nodes, slice) };
}

interface Room {
  /** memory of the engine's machine, in bytes */
  readonly memory: number;
  /** memory limit of the container, in bytes; 0: unlimited */
  readonly limit: number;
}

function refuseTooLittle({ memory, limit }: Room, grown: Pick<Plan, 'nodes' | 'needs'>, container: string): void {
  const needed = grown.needs.memoryMiB;
  const what = `${grown.nodes.length} nodes need about ${formatMemory(needed * mebi)} of memory`;
  if (needed * mebi > memory) {
    throw new ResourceError(`${what}, and the engine has ${formatMemory(memory)}`, {
      hint: `ask for fewer nodes, about ${idleNeeds.perNode.memoryMiB} MiB each`,
    });
  }
  if (limit > 0 && needed * mebi > limit) {
    throw new ResourceError(`${what}, and the cluster was given ${formatMemory(limit)}`, {
      hint: `raise it: docker update --memory ${needed * 2}m --memory-swap ${needed * 4}m ${container}`,
    });
  }
}
