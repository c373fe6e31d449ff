import { slicePaths } from '../../src/plan/slice-paths.ts';
import type { SliceRequest } from '../../src/cluster/node/run-slice-command.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { parseSliceEvent } from '../../src/cluster/up/boot-progress.ts';
import type { Slice } from './slice.ts';
import type { SliceEvent } from './slice-events.ts';

/** The current plan in the slice. */
export async function currentPlan({ engine, container }: Slice): Promise<Plan> {
  const content = await engine.readFile(container, slicePaths.plan);
  return JSON.parse(content?.toString() ?? '') as Plan;
}

export interface Changed {
  readonly status: number;
  readonly events: readonly SliceEvent[];
}

/** Changes the cluster with the slice's program, as the command line tool does. */
export async function changeNodes(
  { run }: Slice,
  command: SliceRequest['command'],
  payload: unknown,
): Promise<Changed> {
  const { status, stdout, stderr } = await run(['vcluster-slice', command], { stdin: JSON.stringify(payload) });
  if (stderr !== '') throw new Error(`${command} complains:\n${stderr}`);
  const events = stdout.split('\n').flatMap((line) => {
    const event = parseSliceEvent(line);
    return event === undefined ? [] : [{ ...event }];
  });
  return { status, events };
}
