import { readFile, statfs } from 'node:fs/promises';
import { Command } from 'commander';
import { type ExaminedGaneti, examineCluster, examineImage } from '../../cluster/doctor/changes.ts';
import type { Check } from '../../cluster/doctor/checks.ts';
import { examine, type LocalFiles } from '../../cluster/doctor/examine.ts';
import { UsageError } from '../../errors.ts';
import { misfits } from '../../image/changes.ts';
import { readOwnGaneti } from '../../image/own/read-own.ts';
import { addClusterFlags } from '../cluster-flags.ts';
import { addClusterOption, requestedCluster } from '../common-options.ts';
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
  /** true: without a version */
  readonly ganeti?: string | true;
  readonly packages?: readonly string[];
  readonly tree?: string;
  readonly cluster?: string;
}

const details = `
Prints one line per check: \`ok\`, \`warn\` (clusters run, but not all features or sizes work) or \`fail\`, and what to
do about it. Properties of the engine's machine (inotify, free memory and disk) are read in a scratch container if a
slice image exists, otherwise from this machine's files if the engine runs here. Also names existing clusters that could
not be started, and published ports whose address the machine no longer has.

\`--ganeti\` lists the changes that vcluster-box makes to Ganeti in virtual nodes instead, and whether they fit: the
Ganeti of the image (\`--ganeti 3.1\`), of a cluster as it is now (\`-c NAME\`), or your own (\`--packages\`,
\`--tree\`). A cluster comes up without a change that does not fit, unless it is vital, and lacks what is listed
(\`warn\`). Exit status 1 if a vital change does not fit (\`fail\`).
`;

const ganetiFlag = 'list the changes to the Ganeti of an image (default: 3.0) or, with -c, of a cluster';

/** `vcluster-box doctor`: exits with 1 when a check fails, but not for a warning. */
export function doctorCommand(context: CliContext): Command {
  const { engine, connect } = context;
  const command = addClusterOption(addDetails(new Command('doctor'), details));
  return addClusterFlags(command, ['packages', 'tree'])
    .description('check whether clusters can run here; exit status 1 if a check fails')
    .option('--host <endpoint>', 'check another engine, named as in `up --host`: ssh://USER@HOST or a docker context')
    .option('--ganeti [version]', ganetiFlag)
    .option('--json', 'print JSON')
    .action(async (flags: DoctorFlags) => {
      const { json = false, host, ganeti, packages, tree } = flags;
      const connected = host === undefined ? engine : () => connect(host);
      if ((ganeti ?? packages ?? tree) !== undefined) {
        const target = { flags, cluster: requestedCluster(command, context) };
        return showChanges(await examineGaneti(connected, target), context, json);
      }
      return showChecks(await examine(connected, localFiles), context, json);
    });
}

async function showChecks(checks: readonly Check[], context: CliContext, json: boolean): Promise<void> {
  const { print, setStatus, terminal } = context;
  const columns = terminal.size()?.columns ?? Infinity;
  const lines = checks.map((check) => renderCheck(check, columns));
  await print(json ? JSON.stringify(checks, null, 2) : lines.join('\n'));
  if (checks.some(({ level }) => level === 'fail')) setStatus(1);
}

function renderCheck({ name, level, found, remedy }: Check, columns: number): string {
  const text = remedy === undefined ? found : `${found}\n-> ${remedy}`;
  return `${level.padEnd(4)}  ${name.padEnd(11)}  ${wrapText(text, columns, ' '.repeat(19))}`;
}

/** The Ganeti that the flags name. */
async function examineGaneti(
  connect: CliContext['engine'],
  { flags, cluster }: { readonly flags: DoctorFlags; readonly cluster: string | undefined },
): Promise<ExaminedGaneti> {
  const { packages, tree } = flags;
  const version = flags.ganeti === true ? undefined : flags.ganeti;
  const others = version ?? packages ?? tree;
  if (flags.cluster !== undefined && others !== undefined) {
    throw new UsageError('a cluster and another Ganeti cannot be examined together', {
      hint: 'for the Ganeti of a cluster: vcluster-box doctor --ganeti -c NAME',
    });
  }
  if (cluster !== undefined && others === undefined) return examineCluster(await connect(), cluster);
  const { parseClusterSpec } = await import('../../config/parse-cluster-spec.ts');
  const { spec } = parseClusterSpec({ ganeti: version, packages, tree }, 'command line');
  const own = await readOwnGaneti(spec);
  return examineImage(await connect(), { ganeti: spec.ganeti, own, signal: new AbortController().signal });
}

async function showChanges(
  examined: ExaminedGaneti,
  { print, setStatus, terminal }: CliContext,
  json: boolean,
): Promise<void> {
  const failed = misfits(examined.changes);
  if (failed.some(({ vital }) => vital)) setStatus(1);
  if (json) return print(JSON.stringify(examined, null, 2));
  const { of, ganeti, changes } = examined;
  const columns = terminal.size()?.columns ?? Infinity;
  const width = Math.max(0, ...changes.map(({ change }) => change.length));
  const lines = changes.map(({ change, purpose, lost, vital, reason = null }) => {
    const level = reason === null ? 'ok' : vital ? 'fail' : 'warn';
    const text = reason === null ? purpose : `${reason}\n-> without it, ${lost}`;
    return `${level.padEnd(4)}  ${change.padEnd(width)}  ${wrapText(text, columns, ' '.repeat(width + 8))}`;
  });
  const count = `${changes.length - failed.length} of ${changes.length} changes fit`;
  await print([...lines, `${of}, Ganeti ${ganeti ?? 'unknown'}: ${count}`].join('\n'));
}
