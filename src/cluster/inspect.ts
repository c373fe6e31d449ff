import type { ContainerDetails, Engine } from '../engine/engine.ts';
import { NotFoundError, SliceError } from '../errors.ts';
import { slicePaths } from '../plan/slice-paths.ts';
import { capture } from './exec.ts';
import { waitUntil } from '../wait.ts';
import type { LocalCluster } from './find.ts';

/** @throws {NotFoundError} when the cluster's first container has just been removed */
export async function inspectFirst(engine: Engine, cluster: LocalCluster): Promise<ContainerDetails> {
  return (await inspectSlices(engine, cluster))[0];
}

type Several<T> = readonly [T, ...T[]];

/**
 * Inspects all available slices, in order of slice number.
 *
 * @throws {NotFoundError} when the container of one has just been removed
 */
export async function inspectSlices(
  engine: Engine,
  { name, slices }: LocalCluster,
): Promise<Several<ContainerDetails>> {
  const [first, ...others] = slices;
  const inspect = async (slice: { readonly name: string }) => {
    const details = await engine.inspectContainer(slice.name);
    if (details === undefined) throw new NotFoundError(`cluster ${name} has just been removed`);
    return details;
  };
  const [one, ...more] = await Promise.all([inspect(first), ...others.map(inspect)]);
  return [one, ...more];
}

const removalTimeoutMs = 2000;

/** Whether another command has removed a container, or is about to: before that, the engine kills it. */
export async function isRemoved(engine: Engine, container: string): Promise<boolean> {
  const look = async () => {
    const details = await engine.inspectContainer(container);
    if (details === undefined) return true;
    const { state, exitCode, oomKilled } = details;
    const killed = state === 'removing' || (state === 'exited' && exitCode === 137 && !oomKilled);
    return killed ? undefined : false;
  };
  return (await waitUntil(look, { timeoutMs: removalTimeoutMs, intervalMs: 100 })) ?? false;
}

/** Whether the cluster in a running slice responds.  Runs the check of the image's `HEALTHCHECK` now. */
export async function isHealthy(engine: Engine, container: string): Promise<boolean> {
  return (await findFault(engine, container)) === undefined;
}

/** The time limit of the health check in the image. */
const healthTimeoutMs = 10_000;

/** Why the cluster in a running slice does not respond, as the slice reports it; `undefined` when it responds. */
export async function findFault(engine: Engine, container: string): Promise<string | undefined> {
  try {
    const argv = [slicePaths.program, 'healthy'];
    const { status, stdout, stderr } = await capture(engine, container, argv, { timeoutMs: healthTimeoutMs });
    return status === 0 ? undefined : `${stdout}${stderr}`.trim();
  } catch (error) {
    if (error instanceof SliceError) return error.message;
    throw error;
  }
}
