import { Command } from 'commander';
import { findCluster } from '../../cluster/find.ts';
import { runWatcher } from '../../cluster/lifecycle/watcher.ts';
import { addClusterOption, clusterAsked } from '../common-options.ts';
import { addDetails } from '../help.ts';
import type { CliContext } from '../context.ts';

const details = `
Ganeti's watcher starts daemons and instances again that should run and do not. In a cluster it runs by itself on every node
every five minutes, the nodes one after another, unless \`up --no-watcher\` was asked for; this runs it now. Nodes that are
stopped or paused are passed over. What stands after \`--\` is for \`ganeti-watcher\`: \`watcher node2 -- --ignore-pause\`.
`;

/** `vcluster-box watcher [NODE...] [-- OPTION...]`: the manual's `watcher-all`. */
export function watcherCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('watcher')), details)
    .description('run ganeti-watcher now, on all nodes or on some; exit status 1 when it fails on one')
    .argument('[node...]', 'the nodes; after `--`, options of ganeti-watcher')
    .action(async (words: readonly string[], _flags: unknown, command: Command) => {
      const engine = await context.engine();
      const cluster = await findCluster(engine, clusterAsked(command, context));
      const names = words.filter((word) => !word.startsWith('-'));
      const options = words.filter((word) => word.startsWith('-'));
      const { stdout, stderr } = context;
      context.setStatus(await runWatcher(engine, cluster, { names, options }, { stdout, stderr }));
    });
}
