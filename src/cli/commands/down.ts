import { Command } from 'commander';
import { removeAll, removeClusters, type Removed } from '../../cluster/down.ts';
import { chooseName, clusterNames } from '../../cluster/find.ts';
import { UsageError } from '../../errors.ts';
import { addClusterOption, requestedCluster } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';

const details = `
Removes the containers, networks and volumes with the label \`vcluster-box.cluster\`, and nothing else. This includes
the remains of a cluster whose container no longer exists. Containers that have the label only from their image
(\`docker commit\`) stay. A cluster that does not exist counts as removed: exit status 0. Images stay: see \`image rm\`.
`;

interface DownFlags {
  readonly all?: boolean;
  readonly json?: boolean;
}

/** `vcluster-box down [NAME...] [--all]`. */
export function downCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('down')), details)
    .description('remove clusters and everything that was created for them')
    .argument('[name...]', 'the clusters')
    .option('--all', 'remove all clusters')
    .option('--json', 'print removed and missing clusters as JSON')
    .action(async (names: readonly string[], flags: DownFlags, command: Command) => {
      if (flags.all && names.length > 0) throw new UsageError('cluster names and --all exclude each other');
      const { clusters, missing } = flags.all ? await downAll(context) : await downNamed(context, names, command);
      if (flags.json) await context.print(JSON.stringify({ removed: clusters, missing }, null, 2));
    });
}

async function downAll({ engine, report }: CliContext): Promise<Removed> {
  const clusters = await removeAll(await engine(), report);
  if (clusters.length === 0) report({ type: 'notice', message: 'no clusters exist' });
  return { clusters, missing: [] };
}

async function downNamed(context: CliContext, names: readonly string[], command: Command): Promise<Removed> {
  const { report } = context;
  const engine = await context.engine();
  const wanted =
    names.length > 0 ? names : [chooseName(await clusterNames(engine), requestedCluster(command, context))];
  const removed = await removeClusters(engine, wanted, report);
  const { missing } = removed;
  if (missing.length > 0) report({ type: 'notice', message: describeMissing(missing, await clusterNames(engine)) });
  return removed;
}

function describeMissing(missing: readonly string[], existing: readonly string[]): string {
  const others = existing.length === 0 ? 'no other cluster exists' : `existing clusters: ${existing.join(', ')}`;
  return `cluster ${missing.join(', ')} does not exist; ${others}`;
}
