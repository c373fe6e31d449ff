import { Command } from 'commander';
import { removeAll, removeClusters, type Removed } from '../../cluster/down.ts';
import { chooseName, clusterNames } from '../../cluster/find.ts';
import { UsageError } from '../../errors.ts';
import { addClusterOption, clusterAsked } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';

const details = `
Removes containers, networks and volumes by their label \`vcluster-box.cluster\`, and nothing else; also what is left of a
cluster whose container is gone. A cluster that is not there is as good as removed: exit status 0. Images stay: see
\`image rm\`.
`;

interface DownFlags {
  readonly all?: boolean;
  readonly json?: boolean;
}

/** `vcluster-box down [NAME...] [--all]`: a cluster that is not there is as good as removed. */
export function downCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('down')), details)
    .description('remove clusters, with everything that was made for them')
    .argument('[name...]', 'the clusters')
    .option('--all', 'all there are')
    .option('--json', 'print which were removed, and which were missing, as JSON')
    .action(async (names: readonly string[], flags: DownFlags, command: Command) => {
      if (flags.all && names.length > 0) throw new UsageError('name clusters or say --all, not both');
      const { clusters, missing } = flags.all ? await downAll(context) : await downNamed(context, names, command);
      if (flags.json) await context.print(JSON.stringify({ removed: clusters, missing }, null, 2));
    });
}

async function downAll({ engine, report }: CliContext): Promise<Removed> {
  const clusters = await removeAll(await engine(), report);
  if (clusters.length === 0) report({ type: 'notice', message: 'there is no cluster' });
  return { clusters, missing: [] };
}

async function downNamed(context: CliContext, names: readonly string[], command: Command): Promise<Removed> {
  const { report } = context;
  const engine = await context.engine();
  const wanted = names.length > 0 ? names : [chooseName(await clusterNames(engine), clusterAsked(command, context))];
  const removed = await removeClusters(engine, wanted, report);
  const { missing } = removed;
  if (missing.length > 0) report({ type: 'notice', message: nothingWas(missing, await clusterNames(engine)) });
  return removed;
}

function nothingWas(missing: readonly string[], left: readonly string[]): string {
  const there = left.length === 0 ? 'there is no other' : `there is: ${left.join(', ')}`;
  return `there was no cluster ${missing.join(', ')}; ${there}`;
}
