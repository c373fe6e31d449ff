import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Engine } from '../../engine/engine.ts';
import { SliceError } from '../../errors.ts';
import { followMaster } from '../exec.ts';
import { nodeDirectory } from '../../plan/slice-paths.ts';
import type { Plan } from '../../plan/plan.ts';

/**
 * `gnt-cluster verify` on the first node.
 *
 * @throws {SliceError} with what it complains of
 */
export async function verifyCluster(engine: Engine, container: string, plan: Plan): Promise<void> {
  const [node] = plan.nodes;
  if (node === undefined) return;
  const output = new PassThrough();
  const printed = text(output);
  const argv = [`${nodeDirectory(plan, node)}/cmd`, 'gnt-cluster', 'verify'];
  const status = await engine.exec(container, { argv, env: followMaster }, { stdout: output, stderr: output });
  output.end();
  const complaints = (await printed).split('\n').filter((line) => /\b(ERROR|WARNING)\b/.test(line));
  if (status === 0 && complaints.length === 0) return;
  throw new SliceError(`gnt-cluster verify is not content (status ${status})`, { output: complaints.slice(-15) });
}
