import { Command } from 'commander';
import { findCluster } from '../../cluster/find.ts';
import { runWatcher } from '../../cluster/lifecycle/watcher.ts';
import { addClusterOption, requestedCluster } from '../common-options.ts';
import { addDetails } from '../help.ts';
import type { CliContext } from '../context.ts';

const details = `
Ganeti's watcher restarts daemons and instances that should be running but are not. In a cluster it runs on every node
every five minutes, one node after another, unless the cluster was created with \`up --no-watcher\`. This command runs
it now. Stopped and paused nodes are skipped. Words after \`--\` are options of \`ganeti-watcher\`:
\`watcher node2 -- --ignore-pause\`.
`;

/** `vcluster-box watcher [NODE...] [-- OPTION...]`, as `watcher-all` in Ganeti's manual. */
export function watcherCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('watcher')), details)
    .description('run ganeti-watcher on all or some nodes; exit status 1 if it fails on one')
    .argument('[node...]', 'the nodes; after `--`, options of ganeti-watcher')
    .action(async (words: readonly string[], _flags: unknown, command: Command) => {
      const engine = await context.engine();
      const cluster = await findCluster(engine, requestedCluster(command, context));
      const names = words.filter((word) => !word.startsWith('-'));
      const options = words.filter((word) => word.startsWith('-'));
      const { stdout, stderr } = context;
      context.setStatus(await runWatcher(engine, cluster, { names, options }, { stdout, stderr }));
    });
}
