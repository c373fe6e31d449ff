import { Command } from 'commander';
import { findCluster } from '../../cluster/find.ts';
import { runWatcher } from '../../cluster/lifecycle/watcher.ts';
import { addClusterOption, clusterAsked } from '../common-options.ts';
import type { CliContext } from '../context.ts';

/** `vcluster-box watcher [NODE...] [-- OPTION...]`: the manual's `watcher-all`. */
export function watcherCommand(context: CliContext): Command {
  return addClusterOption(new Command('watcher'))
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
