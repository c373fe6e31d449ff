import { Command } from 'commander';
import { removeAll, removeClusters } from '../../cluster/down.ts';
import { chooseName, findClusters, type Cluster } from '../../cluster/find.ts';
import { UsageError } from '../../errors.ts';
import { addClusterOption, clusterAsked } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../details.ts';

const details = `
Removes containers, networks and volumes by their label \`vcluster-box.cluster\`, and nothing else; also what is left of a
cluster whose container is gone. A cluster that is not there is as good as removed: exit status 0. Images stay: see
\`image rm\`.
`;

/** `vcluster-box down [NAME...] [--all]`: a cluster that is not there is as good as removed. */
export function downCommand(context: CliContext): Command {
  const { report } = context;
  return addDetails(addClusterOption(new Command('down')), details)
    .description('remove clusters, with everything that was made for them')
    .argument('[name...]', 'the clusters')
    .option('--all', 'all there are')
    .action(async (names: readonly string[], { all }: { readonly all?: boolean }, command: Command) => {
      if (all && names.length > 0) throw new UsageError('name clusters or say --all, not both');
      const engine = await context.engine();
      if (all) {
        const removed = await removeAll(engine, report);
        if (removed.length === 0) report({ type: 'notice', message: 'there is no cluster' });
        return;
      }
      const clusters = await findClusters(engine);
      const wanted = names.length > 0 ? names : [chooseName(clusters, clusterAsked(command, context))];
      const { missing } = await removeClusters(engine, wanted, report);
      if (missing.length > 0) report({ type: 'notice', message: nothingWas(missing, await findClusters(engine)) });
    });
}

function nothingWas(missing: readonly string[], left: readonly Cluster[]): string {
  const there = left.length === 0 ? 'there is no other' : `there is: ${left.map(({ name }) => name).join(', ')}`;
  return `there was no cluster ${missing.join(', ')}; ${there}`;
}
