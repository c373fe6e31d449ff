import { Command } from 'commander';
import { listClusters } from '../../cluster/list.ts';
import { age } from '../age.ts';
import type { CliContext } from '../context.ts';
import { renderTable } from '../table.ts';

const heading = ['NAME', 'STATUS', 'NODES', 'GANETI', 'RAPI', 'AGE'];

export function lsCommand({ engine, print, now }: CliContext): Command {
  return new Command('ls')
    .description('list the clusters')
    .option('--json', 'as JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const clusters = await listClusters(await engine());
      if (json) return print(JSON.stringify(clusters, null, 2));
      const rows = clusters.map(({ name, state, nodes, ganeti, rapi, createdAt }) => {
        return [name, state, `${nodes ?? '-'}`, ganeti ?? '-', rapi ?? '-', age(createdAt, now())];
      });
      return print(renderTable(heading, rows));
    });
}
