import { finished } from 'node:stream/promises';
import { SliceError } from '../../errors.ts';
import { keepLast, lineStream } from '../../lines.ts';
import type { Plan } from '../../plan/plan.ts';
import { nodeDirectory } from '../../plan/slice-paths.ts';
import { followMaster } from '../exec.ts';
import type { SliceHost } from './hosts.ts';

/**
 * Runs `gnt-cluster verify` on the first node.
 *
 * @throws {SliceError} with the errors and warnings that it prints
 */
export async function verifyCluster(
  hosts: readonly Pick<SliceHost, 'number' | 'engine' | 'container'>[],
  plan: Plan,
): Promise<void> {
  const [node] = plan.nodes;
  const host = hosts.find(({ number }) => number === node?.slice);
  if (node === undefined || host === undefined) return;
  const problems: string[] = [];
  const output = lineStream((line) => {
    if (/\b(ERROR|WARNING)\b/.test(line)) keepLast(problems, line, 15);
  });
  const argv = [`${nodeDirectory(plan, node)}/cmd`, 'gnt-cluster', 'verify'];
  const command = { argv, env: followMaster };
  const status = await host.engine.exec(host.container, command, { stdout: output, stderr: output });
  await finished(output.end());
  if (status === 0 && problems.length === 0) return;
  throw new SliceError(`gnt-cluster verify reported problems (exit status ${status})`, { output: problems });
}
