import type { Engine } from '../engine/engine.ts';
import { slicePaths } from '../plan/slice-paths.ts';
import { capture } from './capture.ts';

/** Whether the cluster in a running slice answers: what the image's `HEALTHCHECK` asks too, but now. */
export async function isHealthy(engine: Engine, container: string): Promise<boolean> {
  return (await findFault(engine, container)) === undefined;
}

/** Why the cluster in a running slice does not answer, in the slice's words; `undefined` when it does. */
export async function findFault(engine: Engine, container: string): Promise<string | undefined> {
  const { status, stdout, stderr } = await capture(engine, container, [slicePaths.program, 'healthy']);
  return status === 0 ? undefined : `${stdout}${stderr}`.trim();
}
