import { vcluster } from './cli.ts';

/**
 * Runs the program, with a long timeout, for a prerequisite of a test.
 * @throws {Error} with all its output, if it fails
 */
export async function succeed(args: readonly string[]): Promise<Awaited<ReturnType<typeof vcluster>>> {
  const result = await vcluster(args, { timeout: 600_000 });
  if (result.exitCode === 0) return result;
  throw new Error(`vcluster-box ${args.join(' ')}: status ${result.exitCode ?? 'none'}\n${result.stderr}`);
}
