import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

// Relative to node_modules/.cache/bench, the output directory of the compiler.
const cli = fileURLToPath(new URL('../../../dist/bin.cjs', import.meta.url));

/** Runs the built program as a user does and resolves to its output. */
export async function vcluster(...args: readonly string[]): Promise<string> {
  const { stdout } = await execa('node', [cli, '--quiet', ...args], { stdin: 'ignore' });
  return stdout;
}

export async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await execa('docker', args, { stdin: 'ignore' });
  return stdout;
}
