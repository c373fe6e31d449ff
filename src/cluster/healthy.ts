import { PassThrough } from 'node:stream';
import type { Engine } from '../engine/engine.ts';
import { slicePaths } from '../plan/slice-paths.ts';

/** Whether the cluster in a running slice answers: what the image's `HEALTHCHECK` asks too, but now. */
export async function isHealthy(engine: Engine, container: string): Promise<boolean> {
  const nowhere = new PassThrough().resume();
  const command = { argv: [slicePaths.program, 'healthy'] };
  return (await engine.exec(container, command, { stdout: nowhere, stderr: nowhere })) === 0;
}
