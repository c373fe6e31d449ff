import { Command } from 'commander';
import { listClusters, type ListedCluster } from '../../cluster/list.ts';
import { age } from '../age.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { renderTable } from '../table.ts';

const heading = ['NAME', 'STATUS', 'NODES', 'GANETI', 'RAPI', 'AGE'];
const withHosts = [...heading, 'HOSTS'];

const details = `
- NAME: of the cluster, for \`-c\`
- STATUS: \`running\`, \`starting\`, \`unhealthy\`, \`paused\` or \`stopped\`; of a cluster on several hosts also \`degraded\`, when it does not run
  on some of them, or they cannot be reached, and \`unreachable\`, when none can
- NODES: how many there are
- GANETI: version
- RAPI: address that it is published at
- AGE: since it was made
- HOSTS: that it is on, only if there are clusters on several; those that cannot be reached are in parentheses
`;

export function lsCommand({ engine, print, now }: CliContext): Command {
  return addDetails(new Command('ls'), details)
    .description('list the clusters')
    .option('--json', 'as JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const clusters = await listClusters(await engine());
      if (json) return print(JSON.stringify(clusters, null, 2));
      const rows = clusters.map(({ name, state, nodes, ganeti, rapi, createdAt, hosts }) => {
        const old = createdAt === null ? '-' : age(createdAt, now());
        return [name, state, `${nodes ?? '-'}`, ganeti ?? '-', rapi ?? '-', old, hostNames(hosts)];
      });
      return print(renderTable(clusters.some(({ hosts }) => hosts !== undefined) ? withHosts : heading, rows));
    });
}

function hostNames(hosts: ListedCluster['hosts'] = []): string {
  return hosts.map(({ host, state }) => (state === 'unreachable' ? `(${host})` : host)).join(' ');
}
