import { readFile, statfs } from 'node:fs/promises';
import { Command } from 'commander';
import type { Check } from '../../cluster/doctor/checks.ts';
import { examine, type LocalFiles } from '../../cluster/doctor/examine.ts';
import type { CliContext } from '../context.ts';
import { addDetails, wrapText } from '../help.ts';

const localFiles: LocalFiles = {
  readText: (path) => readFile(path, 'utf8'),
  freeMiB: async (path) => {
    const { bavail, bsize } = await statfs(path);
    return Math.floor((bavail * bsize) / 2 ** 20);
  },
};

interface DoctorFlags {
  readonly json?: boolean;
  readonly host?: string;
}

const details = `
Prints one line per check: \`ok\`, \`warn\` (clusters run, but not all features or sizes work) or \`fail\`, and what to
do about it. Properties of the engine's machine (inotify, free memory and disk) are read in a scratch container if a
slice image exists, otherwise from this machine's files if the engine runs here. Also names existing clusters that could
not be started, and published ports whose address the machine no longer has.
`;

/** `vcluster-box doctor`: exits with 1 when a check fails, but not for a warning. */
export function doctorCommand({ engine, connect, print, setStatus, terminal }: CliContext): Command {
  return addDetails(new Command('doctor'), details)
    .description('check whether clusters can run here; exit status 1 if a check fails')
    .option('--host <endpoint>', 'check another engine, named as in `up --host`: ssh://USER@HOST or a docker context')
    .option('--json', 'print JSON')
    .action(async ({ json, host }: DoctorFlags) => {
      const checks = await examine(host === undefined ? engine : () => connect(host), localFiles);
      const columns = terminal.size()?.columns ?? Infinity;
      const lines = checks.map((check) => renderCheck(check, columns));
      await print(json ? JSON.stringify(checks, null, 2) : lines.join('\n'));
      if (checks.some(({ level }) => level === 'fail')) setStatus(1);
    });
}

function renderCheck({ name, level, found, remedy }: Check, columns: number): string {
  const text = remedy === undefined ? found : `${found}\n-> ${remedy}`;
  return `${level.padEnd(4)}  ${name.padEnd(11)}  ${wrapText(text, columns, ' '.repeat(19))}`;
}
