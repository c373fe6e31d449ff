import type { Plan } from '../../plan/plan.ts';
import { nodeDirectory, slicePaths } from '../../plan/slice-paths.ts';
import { collect } from '../capture.ts';
import { followMaster } from '../exec.ts';
import type { Slice } from './slice.ts';

/** An unhealthy cluster may never answer. */
const patienceMs = 15_000;

const questions: Readonly<Record<string, readonly string[]>> = {
  'gnt-node-list.txt': ['gnt-node', 'list'],
  'gnt-instance-list.txt': ['gnt-instance', 'list'],
  'gnt-job-list.txt': ['gnt-job', 'list'],
};

/** What can be asked of a slice that runs only. */
export async function runningFacts(slice: Slice, plan: Plan | undefined): Promise<void> {
  const { attempt, folder } = slice;
  const commands: Record<string, readonly string[]> = {
    'processes.txt': ['ps', '-ef', '--forest'],
    'status.json': [slicePaths.program, 'status'],
  };
  const first = plan?.nodes.find((node) => node.slice === plan.slice);
  if (plan !== undefined && first !== undefined) {
    const cmd = `${nodeDirectory(plan, first)}/cmd`;
    for (const [file, argv] of Object.entries(questions)) commands[file] = [cmd, ...argv];
  }
  // All at once: one after another, those that never answer would use up the time that an export may take.
  await Promise.all(
    Object.entries(commands).map(([file, argv]) => attempt(`${folder}${file}`, () => ask(slice, argv))),
  );
}

/** What it prints; of a command that fails, what it says of that. */
async function ask({ engine, container, signal }: Slice, argv: readonly string[]): Promise<string> {
  const limit = AbortSignal.timeout(patienceMs);
  try {
    const command = { argv, env: followMaster, signal: AbortSignal.any([signal, limit]) };
    const { status, stdout, stderr } = await collect((streams) => engine.exec(container, command, streams));
    if (status === 0) return stdout;
    throw new Error(`status ${status}: ${`${stdout}${stderr}`.trim()}`);
  } catch (error) {
    if (!limit.aborted) throw error;
    throw new Error(`no answer within ${patienceMs / 1000} s`, { cause: error });
  }
}
