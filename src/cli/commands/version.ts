import { Command } from 'commander';
import type { CliContext } from '../context.ts';

/** `vcluster-box version`: the bare number, for scripts. */
export function versionCommand({ version, print }: CliContext): Command {
  return new Command('version').description('print the version').action(() => print(version));
}
