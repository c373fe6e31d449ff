import { Command } from 'commander';
import { listClusters } from '../../cluster/list.ts';
import { age } from '../age.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../details.ts';
import { renderTable } from '../table.ts';

const heading = ['NAME', 'STATUS', 'NODES', 'GANETI', 'RAPI', 'AGE'];

const details = `
- NAME  of the cluster, for \`-c\`
- STATUS  \`running\`, \`starting\`, \`unhealthy\`, \`paused\` or \`stopped\`
- NODES  how many there are
- GANETI  version
- RAPI  address that it is published at
- AGE  since it was made
`;

export function lsCommand({ engine, print, now }: CliContext): Command {
  return addDetails(new Command('ls'), details)
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
