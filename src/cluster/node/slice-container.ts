import type { ContainerDetails, Engine } from '../../engine/engine.ts';
import { NotFoundError } from '../../errors.ts';
import { sliceNumber } from '../../plan/labels.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Cluster } from '../find.ts';
import { findMaster } from '../master.ts';
import { findNode } from '../current-plan.ts';

/** Name of the master's container.  Its slice changes the nodes of the cluster, and informs the other slices. */
export async function masterContainer(engine: Engine, cluster: Cluster, plan: Plan): Promise<string> {
  return containerOf(cluster, findNode(plan, await findMaster(engine, cluster, plan)).slice);
}

export async function inspectSlice(engine: Engine, cluster: Cluster, slice: number): Promise<ContainerDetails> {
  const details = await engine.inspectContainer(containerOf(cluster, slice));
  if (details === undefined) throw new NotFoundError(`cluster ${cluster.name} has just been removed`);
  return details;
}

/** Name of the container of a slice. */
export function containerOf({ name, slices }: Cluster, slice: number): string {
  const found = slices.find((one) => sliceNumber(one) === slice);
  if (found !== undefined) return found.name;
  throw new NotFoundError(`slice ${slice} of cluster ${name} is gone`, {
    hint: `remove the cluster: vcluster-box down ${name}`,
  });
}
