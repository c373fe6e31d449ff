import type { Engine } from '../../engine/engine.ts';
import { SliceError } from '../../errors.ts';
import type { Inventory } from '../../plan/inventory.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { capture } from '../capture.ts';

/** @throws {SliceError} when the master does not answer */
export async function readInventory(engine: Engine, container: string): Promise<Inventory> {
  const { status, stdout, stderr } = await capture(engine, container, [slicePaths.program, 'inventory']);
  if (status === 0) return JSON.parse(stdout) as Inventory;
  const output = `${stdout}${stderr}`.trimEnd().split('\n').slice(-10);
  throw new SliceError(`container ${container} cannot say what its cluster has (status ${status})`, {
    output,
    hint: 'see what is down: vcluster-box status',
  });
}
