import { readFile, statfs } from 'node:fs/promises';
import { Command } from 'commander';
import type { Check } from '../../cluster/doctor/checks.ts';
import { examine, type LocalFiles } from '../../cluster/doctor/examine.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';

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
One line for each thing: \`ok\`, \`warn\` (clusters run, though not all or not well) or \`fail\`, and what to do about it. What
only the engine's machine knows (inotify, open files, free memory and disk) it asks in a container that it throws away, if a
slice image is there, else of this machine's own files if the engine is on it.
`;

/** `vcluster-box doctor`: exits with 1 when something fails; a warning is no failure. */
export function doctorCommand({ engine, connect, print, setStatus }: CliContext): Command {
  return addDetails(new Command('doctor'), details)
    .description('look whether clusters can run here, and what to do if not; exit status 1 when something fails')
    .option(
      '--host <endpoint>',
      'look at the engine there, as `up --host` would have it: ssh://USER@HOST, a docker context',
    )
    .option('--json', 'as JSON')
    .action(async ({ json, host }: DoctorFlags) => {
      const checks = await examine(host === undefined ? engine : () => connect(host), localFiles);
      await print(json ? JSON.stringify(checks, null, 2) : checks.map(renderCheck).join('\n'));
      if (checks.some(({ level }) => level === 'fail')) setStatus(1);
    });
}

function renderCheck({ name, level, found, remedy }: Check): string {
  const line = `${level.padEnd(4)}  ${name.padEnd(11)}  ${found.replaceAll('\n', `\n${' '.repeat(19)}`)}`;
  return remedy === undefined ? line : `${line}\n${' '.repeat(19)}-> ${remedy}`;
}
