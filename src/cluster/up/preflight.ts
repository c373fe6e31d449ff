import type { ClusterSpec } from '../../config/cluster-spec.ts';
import type { Engine, EngineInfo } from '../../engine/engine.ts';
import { ResourceError } from '../../errors.ts';
import { formatMemory } from '../../format.ts';
import type { Report } from '../../events.ts';
import type { Plan } from '../../plan/plan.ts';

const mebi = 2 ** 20;

/**
 * Compares what the cluster needs with what the engine tells of itself.  The rest (inotify, disk, what is free at the
 * moment) only the slice can see: it looks when it starts, before it does anything.
 *
 * @throws {ResourceError} when it cannot be enough
 */
export async function preflight(engine: Engine, spec: ClusterSpec, plan: Plan, report: Report): Promise<void> {
  const info = await engine.describe();
  refuseTooLittleMemory(info, spec, plan);
  const wanted = plan.needs.memoryMiB * mebi;
  if (wanted > info.memory * 0.8) {
    report({
      type: 'warning',
      message: `the cluster will need most of the engine's ${formatMemory(info.memory)} of memory`,
    });
  }
  warnOfLimits(info, spec, report);
}

function refuseTooLittleMemory({ memory, name }: EngineInfo, spec: ClusterSpec, { nodes, needs }: Plan): void {
  const needed = needs.memoryMiB * mebi;
  const what = `${nodes.length} ${nodes.length === 1 ? 'node needs' : 'nodes need'} about ${formatMemory(needed)} of memory`;
  if (needed > memory) {
    throw new ResourceError(`${what}, and the engine ${name} has ${formatMemory(memory)}`, {
      hint: 'ask for fewer nodes, about 30 MiB each',
    });
  }
  if (needed > spec.memory) {
    throw new ResourceError(`${what}, and the limit asked for is ${formatMemory(spec.memory)}`, {
      hint: `raise it (--memory ${Math.ceil(needed / mebi / 256) * 256}m), or leave it out`,
    });
  }
}

/** Such an engine starts the container all the same, without the limit.  That of the CPU is told of only where one was asked for. */
function warnOfLimits({ unlimited }: EngineInfo, { cpus }: ClusterSpec, report: Report): void {
  const missed = unlimited.filter((what) => what !== 'CPU' || cpus !== undefined);
  if (missed.length === 0) return;
  report({
    type: 'warning',
    message: `the engine cannot limit ${missed.join(', ')}: the cluster may use all there is`,
    hint: 'why, and what to do: vcluster-box doctor',
  });
}
