import type { ContainerDetails, Engine } from '../../engine/engine.ts';
import { ConflictError } from '../../errors.ts';
import { isSlice, ofCluster } from '../../plan/labels.ts';
import { containerName } from '../../plan/names.ts';
import type { Plan } from '../../plan/plan.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { parsePlan } from '../parse-plan.ts';

/** A cluster that an earlier `up` made, or began to make. */
export interface Existing {
  readonly container: ContainerDetails;
  /** `undefined` when that `up` ended before it had written one */
  readonly plan: Plan | undefined;
}

/**
 * The cluster of that name, however far it got.
 *
 * @throws {ConflictError} when the container's name is taken by something that is none of ours
 */
export async function findExisting(engine: Engine, name: string): Promise<Existing | undefined> {
  const summary = (await engine.findContainers(ofCluster(name))).find(isSlice);
  const container = await engine.inspectContainer(summary?.id ?? containerName(name, 1));
  if (container === undefined) return undefined;
  if (summary === undefined) {
    throw new ConflictError(`there is a container ${container.name} that vcluster-box did not make`, {
      hint: `choose another name (vcluster-box up NAME), or remove it: docker rm ${container.name}`,
    });
  }
  const text = await engine.readFile(container.id, slicePaths.plan);
  return { container, plan: text === undefined ? undefined : parsePlan(text.toString()) };
}
