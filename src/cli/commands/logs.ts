import { Command } from 'commander';
import { showLogs } from '../../cluster/logs/logs.ts';
import { parseSince, parseTail } from '../../config/parse-since.ts';
import { InterruptedError } from '../../errors.ts';
import { addClusterOption, clusterAsked, wantsColor } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { interruptible } from '../interruptible.ts';
import { logsExportCommand } from './logs-export.ts';
import { logJson, logLines } from '../render-log.ts';

interface LogsFlags {
  readonly follow?: boolean;
  readonly since?: string;
  readonly tail?: string;
  readonly json?: boolean;
}

const details = `
Without NODE, the logs of all nodes and of the slice's own program, in the order in which things happened; each line begins with
its node and its log. With NODE, all logs of that node. DAEMON chooses a log, on one node or, without NODE, on all:

- \`noded\`, \`confd\`, \`wconfd\`, \`luxid\`, \`rapi\`, \`mond\`, \`metad\`, \`kvmd\`: a daemon, also as \`ganeti-noded\`
- \`watcher\`, \`jobs\`, \`commands\`: ganeti-watcher, the processes of jobs, \`gnt-*\` commands
- \`slice\`: the program that boots the slice (\`docker logs\`), in words
- any other: a file below the node's \`var/log/ganeti\`, without its ending

A traceback stays with the line that it belongs to, so \`--tail\` may show a few lines more. Times are in UTC.

\`-f\` goes on until Ctrl-C or until the cluster stops, and follows files that are rotated, or appear later. Without it, the cluster
need not run.

    vcluster-box logs node1 luxid -f
    vcluster-box logs jobs --since 10m
`;

/** `vcluster-box logs [NODE] [DAEMON]`. */
export function logsCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('logs')), details)
    .description("show the nodes' logs")
    .addCommand(logsExportCommand(context))
    .argument('[node]', 'the node; all when left out')
    .argument('[daemon]', 'the daemon, or another log; all when left out')
    .option('-f, --follow', 'go on with what is logged from now on')
    .option('--since <time>', 'leave out what is older: 10m, 2h, or a time such as 2024-05-17T08:11:00Z')
    .option('--tail <lines>', 'so many lines of each log')
    .option('--json', 'as JSON, one entry a line')
    .action(async (node: string | undefined, daemon: string | undefined, flags: LogsFlags, command: Command) => {
      const request = {
        cluster: clusterAsked(command, context),
        words: [node, daemon].filter((word) => word !== undefined),
        follow: flags.follow === true,
        since: flags.since === undefined ? undefined : parseSince(flags.since, context.now()),
        tail: flags.tail === undefined ? undefined : parseTail(flags.tail),
      };
      const render = flags.json
        ? (entries: Parameters<ReturnType<typeof logLines>>[0]) =>
            entries.map((entry) => `${logJson(entry)}\n`).join('')
        : logLines({ color: wantsColor(command, context) });
      const engine = await context.engine();
      try {
        await interruptible(context.signals, 'interrupted', (signal) =>
          showLogs(engine, request, {
            signal,
            report: context.report,
            onEntries: (entries) => context.stdout.write(render(entries)),
          }),
        );
      } catch (error) {
        // That is how it is ended.
        if (!flags.follow || !(error instanceof InterruptedError)) throw error;
        context.setStatus(error.exitCode);
      }
    });
}
