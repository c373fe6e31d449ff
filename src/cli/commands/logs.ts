import { Command } from 'commander';
import { exportCluster } from '../../cluster/export/export-cluster.ts';
import { findCluster } from '../../cluster/find.ts';
import { entriesOfJob } from '../../cluster/logs/job-entries.ts';
import type { LogEntry } from '../../cluster/logs/log-entries.ts';
import { sliceLog } from '../../cluster/logs/log-names.ts';
import { showLogs } from '../../cluster/logs/logs.ts';
import { parseJob, parseSince, parseTail } from '../../config/parse-since.ts';
import { InterruptedError, UsageError } from '../../errors.ts';
import { escapeControl, escapeName } from '../../format.ts';
import { addClusterOption, requestedCluster, usesColor } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { interruptible } from '../interruptible.ts';
import { colorNode } from '../node-lines.ts';

interface LogsFlags {
  readonly follow?: boolean;
  readonly since?: string;
  readonly tail?: string;
  readonly job?: string;
  readonly json?: boolean;
}

const details = `
Without NODE, shows the logs of all nodes and of the slice's own program in chronological order; each line begins with
the names of its node and log. With NODE, shows all logs of that node. DAEMON selects one log, on one node or, without
NODE, on all nodes:

- \`noded\`, \`confd\`, \`wconfd\`, \`luxid\`, \`rapi\`, \`mond\`, \`metad\`, \`kvmd\`: a daemon, also as
  \`ganeti-noded\`
- \`watcher\`, \`jobs\`, \`commands\`: ganeti-watcher, job processes, \`gnt-*\` commands
- \`slice\`: the program that boots the slice (\`docker logs\`), in readable form
- any other name: a file in the node's \`var/log/ganeti\`, without its extension

A traceback stays with the line that it belongs to, so \`--tail\` can show a few more lines. Times are in UTC.
If the logs have more than 32 MiB, only the newest part is shown, with a warning.

\`-f\` continues until Ctrl-C or until the cluster is stopped, restarted or removed, and follows rotated and new files.
Without \`-f\`, the cluster need not be running.

\`--job ID\` shows one job: the log of its process, what luxid wrote about it, and what the node daemons, wconfd and the
others did while it ran. These do not name jobs, so what they did for other jobs at the same time is shown, too.

    vcluster-box logs node1 luxid -f
    vcluster-box logs --job 42
    vcluster-box logs jobs --since 10m
`;

const exportDetails = `
TARGET must not exist, or be an empty directory. It receives the versions, the plan, the engine's description of the
container, all logs, the configuration of each node, and \`/etc/hosts\`; from a running cluster also the process list,
its status, and the output of \`gnt-node list\`, \`gnt-instance list\` and \`gnt-job list\`. \`manifest.json\` lists
what could not be collected, for example because the cluster is stopped or broken.
The export has at most the last 8 MiB of each log, and 256 MiB in total.

Keys, certificates, passwords and their digests are left out or masked wherever they occur. Names, addresses, and
anything that your instances or scripts logged are not: review the files before you share them.
`;

/** `vcluster-box logs [NODE] [DAEMON]`. */
export function logsCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('logs')), details)
    .description('show the logs of nodes and daemons')
    .addCommand(exportCommand(context))
    .argument('[node]', 'the node (default: all nodes)')
    .argument('[daemon]', 'the daemon or other log (default: all logs)')
    .option('-f, --follow', 'keep showing new entries')
    .option('--since <time>', 'only entries since then: 10m, 2h, or a time such as 2024-05-17T08:11:00Z')
    .option('--tail <lines>', 'only the last lines of each log')
    .option('--job <id>', 'the story of one job: what its process and the daemons wrote')
    .option('--json', 'print one JSON object per entry')
    .action(async (node: string | undefined, daemon: string | undefined, flags: LogsFlags, command: Command) => {
      const words = [node, daemon].filter((word) => word !== undefined);
      const { job, ...selection } = readFlags(flags, context);
      const request = { ...selection, cluster: requestedCluster(command, context), words };
      const render = flags.json
        ? (entries: readonly LogEntry[]) => entries.map((entry) => `${escapeControl(logJson(entry))}\n`).join('')
        : logLines({ color: usesColor(command, context) });
      const engine = await context.engine();
      try {
        await interruptible(context.signals, 'interrupted', (signal) =>
          showLogs(engine, request, {
            signal,
            report: context.report,
            onEntries: (entries) =>
              context.stdout.write(render(job === undefined ? entries : entriesOfJob(entries, job))),
          }),
        );
      } catch (error) {
        // With --follow, an interruption is the normal end.
        if (!flags.follow || !(error instanceof InterruptedError)) throw error;
        context.setStatus(error.exitCode);
      }
    });
}

function readFlags({ follow = false, since, tail, job }: LogsFlags, { now }: CliContext) {
  if (job !== undefined && follow) throw new UsageError('--job and --follow exclude each other');
  return {
    follow,
    since: since === undefined ? undefined : parseSince(since, now()),
    tail: tail === undefined ? undefined : parseTail(tail),
    job: job === undefined ? undefined : parseJob(job),
  };
}

/** `vcluster-box logs export TARGET`. */
function exportCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('export')), exportDetails)
    .description('collect everything that a bug report needs, without secrets')
    .argument('<target>', 'a directory, or a file FILE.tar.gz')
    .option('--json', 'print the path and what is missing as JSON')
    .action(async (target: string, { json }: { readonly json?: boolean }, command: Command) => {
      const engine = await context.engine();
      const cluster = await findCluster(engine, requestedCluster(command, context));
      const exported = await interruptible(context.signals, 'interrupted; nothing was written', (signal) =>
        exportCluster(engine, cluster, target, { version: context.version, signal }),
      );
      for (const { what, why } of exported.missing) {
        context.report({ type: 'notice', message: `not collected: ${what}: ${why}` });
      }
      await context.print(json === true ? JSON.stringify(exported, null, 2) : exported.path);
    });
}

function logJson({ time, node, log, lines }: LogEntry): string {
  const at = time === undefined ? null : new Date(time).toISOString();
  return JSON.stringify({ time: at, node: node ?? null, log, text: lines.join('\n') });
}

/**
 * Formats entries as lines that begin with the short name of the node and the name of the log, in columns that widen as
 * needed.
 *
 * @param color a color for each node
 */
function logLines({ color }: { readonly color: boolean }): (entries: readonly LogEntry[]) => string {
  const nodes: string[] = [];
  let [nodeWidth, logWidth] = [0, 0];
  return (entries) => {
    const named = entries.map(({ node, log, lines }) => ({ name: shortName(node), log: escapeName(log), lines }));
    for (const { name, log } of named) {
      if (!nodes.includes(name)) nodes.push(name);
      nodeWidth = Math.max(nodeWidth, name.length);
      logWidth = Math.max(logWidth, log.length);
    }
    const shown = named.flatMap(({ name, log, lines }) => {
      const prefix = `${name.padEnd(nodeWidth)}  ${log.padEnd(logWidth)}  `;
      const before = color ? colorNode(nodes.indexOf(name), prefix) : prefix;
      return lines.map((line) => `${before}${escapeControl(line)}\n`);
    });
    return shown.join('');
  };
}

function shortName(node: string | undefined): string {
  return escapeName(node?.split('.')[0] ?? sliceLog);
}
