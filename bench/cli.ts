import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

// Relative to node_modules/.cache/bench, the output directory of the compiler.
export const program = fileURLToPath(new URL('../../../dist/bin.cjs', import.meta.url));

/** Runs programs, and ends them when its signal is aborted.  Each resolves to the output. */
export interface Cli {
  readonly run: (file: string, args: readonly string[], input?: string) => Promise<string>;
  readonly docker: (...args: readonly string[]) => Promise<string>;
  /** the built program, as a user runs it */
  readonly vcluster: (...args: readonly string[]) => Promise<string>;
}

export function connectCli(cancelSignal?: AbortSignal): Cli {
  const run: Cli['run'] = async (file, args, input) => {
    const { stdout } = await execa(file, args, {
      ...(input === undefined ? { stdin: 'ignore' } : { input }),
      ...(cancelSignal !== undefined && { cancelSignal }),
      // Ctrl-C must reach each program once: from here.  `up` needs time to remove what it created.
      detached: true,
      forceKillAfterDelay: 60_000,
      maxBuffer: 2 ** 30,
    });
    return stdout;
  };
  return {
    run,
    docker: (...args) => run('docker', args),
    vcluster: (...args) => run('node', [program, '--quiet', ...args]),
  };
}
