import { SliceError } from '../../errors.ts';
import type { Plan } from '../../plan/plan.ts';
import { nodeDirectory, slicePaths } from '../../plan/slice-paths.ts';
import { collect, followMaster } from '../exec.ts';
import type { SliceExport } from './slice-export.ts';

/** A broken cluster possibly never answers. */
const timeoutMs = 15_000;
const maxOutputBytes = 8 * 2 ** 20;

const questions: Readonly<Record<string, readonly string[]>> = {
  'gnt-node-list.txt': ['gnt-node', 'list'],
  'gnt-instance-list.txt': ['gnt-instance', 'list'],
  'gnt-job-list.txt': ['gnt-job', 'list'],
};

/** Everything that is available only from a running slice. */
export async function collectRunning(slice: SliceExport, plan: Plan | undefined): Promise<void> {
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
  // In parallel: otherwise commands that never answer would use up the time limit of the export.
  await Promise.all(
    Object.entries(commands).map(([file, argv]) => attempt(`${folder}${file}`, () => ask(slice, argv))),
  );
}

/** The output of a command.  A failure throws with its output as the message. */
async function ask({ engine, container, signal }: SliceExport, argv: readonly string[]): Promise<string> {
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const stop = new AbortController();
    const onExcess = () => {
      stop.abort(new SliceError('it writes too much'));
    };
    const command = { argv, env: followMaster, signal: AbortSignal.any([signal, limit, stop.signal]) };
    const limits = { maxBytes: maxOutputBytes, onExcess };
    const { status, stdout, stderr } = await collect((streams) => engine.exec(container, command, streams), limits);
    if (status === 0) return stdout;
    throw new Error(`exit status ${status}: ${`${stdout}${stderr}`.trim()}`);
  } catch (error) {
    if (!limit.aborted) throw error;
    throw new Error(`no answer within ${timeoutMs / 1000} s`, { cause: error });
  }
}
