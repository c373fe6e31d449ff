import { Command } from 'commander';
import { exportCluster } from '../../cluster/export/export-cluster.ts';
import { findCluster } from '../../cluster/find.ts';
import { addClusterOption, clusterAsked } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { interruptible } from '../interruptible.ts';

const details = `
The target must be new, or an empty directory. It gets the versions, the plan, what the engine says of the container, all logs, the
configuration of each node, \`/etc/hosts\`; and from a cluster that runs the list of processes, its status, and what \`gnt-node list\`,
\`gnt-instance list\` and \`gnt-job list\` print. What cannot be gathered, from a cluster that is stopped or broken, is named in
\`manifest.json\`.

Keys, certificates, passwords and their digests are left out or blanked wherever they stand. Names and addresses are not, nor is what
your instances or scripts may have logged: look through it before you send it to anybody.
`;

/** `vcluster-box logs export TARGET`. */
export function logsExportCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('export')), details)
    .description('gather all that a bug report needs, without secrets')
    .argument('<target>', 'a directory, or a file FILE.tar.gz')
    .option('--json', 'print path and what is missing as JSON')
    .action(async (target: string, { json }: { readonly json?: boolean }, command: Command) => {
      const engine = await context.engine();
      const cluster = await findCluster(engine, clusterAsked(command, context));
      const exported = await interruptible(context.signals, 'interrupted; nothing was written', (signal) =>
        exportCluster(engine, cluster, target, { version: context.version, signal }),
      );
      for (const { what, why } of exported.missing) {
        context.report({ type: 'notice', message: `not gathered: ${what}: ${why}` });
      }
      await context.print(json === true ? JSON.stringify(exported, null, 2) : exported.path);
    });
}
