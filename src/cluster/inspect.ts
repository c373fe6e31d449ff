import type { ContainerDetails, Engine } from '../engine/engine.ts';
import { NotFoundError } from '../errors.ts';
import type { Cluster } from './find.ts';

/** @throws {NotFoundError} when the cluster's first container has just been removed */
export async function inspectFirst(engine: Engine, { name, slices }: Cluster): Promise<ContainerDetails> {
  const details = await engine.inspectContainer(slices[0].name);
  if (details === undefined) throw new NotFoundError(`cluster ${name} has just been removed`);
  return details;
}
