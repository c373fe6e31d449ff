import type { ContainerDetails, Engine } from '../../engine/engine.ts';
import { EngineError, ResourceError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import type { Plan } from '../../plan/plan.ts';
import { raisedLimits } from '../../plan/raised-limits.ts';
import { givenBefore } from '../up/differences.ts';

const mebi = 2 ** 20;

/**
 * Lets the container use what a grown cluster needs.
 *
 * @throws {ResourceError} when the engine has not got it, or the user gave a limit that is less
 */
export async function raiseLimits(
  engine: Engine,
  container: ContainerDetails,
  grown: Plan,
  report: Report,
): Promise<void> {
  const memoryGiven = givenBefore(container).memory !== undefined;
  const limits = raisedLimits(container, grown.nodes.length, memoryGiven);
  await refuseTooLittle(engine, limits?.memory ?? container.memory, grown, container.name);
  if (limits === undefined) return;
  try {
    await engine.updateLimits(container.id, limits);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    // They are wide: as long as the cluster does little, the old ones may do.
    report({ type: 'warning', message: `the limits of memory and processes stay as they are: ${error.message}` });
  }
}

async function refuseTooLittle(engine: Engine, limit: number, grown: Plan, container: string): Promise<void> {
  const needed = grown.needs.memoryMiB;
  const what = `${grown.nodes.length} nodes need about ${needed} MiB of memory`;
  const { memory } = await engine.describe();
  if (needed * mebi > memory) {
    throw new ResourceError(`${what}, and the engine has ${Math.floor(memory / mebi)} MiB`, {
      hint: 'ask for fewer nodes, about 30 MiB each',
    });
  }
  if (limit > 0 && needed * mebi > limit) {
    throw new ResourceError(`${what}, and the cluster was given ${Math.floor(limit / mebi)} MiB`, {
      hint: `raise it: docker update --memory ${needed * 2}m --memory-swap ${needed * 4}m ${container}`,
    });
  }
}
