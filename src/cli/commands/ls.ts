import { Command } from 'commander';
import { listClusters, type ListedCluster } from '../../cluster/list.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { renderTable, shownHosts, withSource } from '../table.ts';

const heading = ['NAME', 'STATUS', 'NODES', 'GANETI', 'RAPI', 'AGE', 'HOSTS'];

const details = `
- NAME: the name for \`-c\`
- STATUS: \`running\`, \`starting\`, \`unhealthy\`, \`paused\` or \`stopped\`. A multi-host cluster can also be
  \`degraded\`, when it does not run on some of its hosts or they cannot be reached, and \`unreachable\`, when none can
  be reached
- NODES: the number of nodes
- GANETI: the version of Ganeti, and where it is from if it is not Debian's (\`up --packages\`)
- RAPI: the address where RAPI is published
- AGE: the time since the cluster was created
- HOSTS: the hosts of multi-host clusters, shown only if there are any; hosts that cannot be reached are in parentheses
`;

export function lsCommand({ engine, print, now, terminal }: CliContext): Command {
  return addDetails(new Command('ls'), details)
    .description('list clusters')
    .option('--json', 'print JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const clusters = await listClusters(await engine());
      if (json) return print(JSON.stringify(clusters, null, 2));
      const rows = clusters.map(({ name, state, nodes, ganeti, ganetiSource, rapi, createdAt, hosts }) => {
        const old = createdAt === null ? '-' : age(createdAt, now());
        const version = withSource(ganeti, ganetiSource) ?? '-';
        return [name, state, `${nodes ?? '-'}`, version, rapi ?? '-', old, hostNames(shownHosts(hosts))];
      });
      return print(renderTable(heading, rows, terminal.size()));
    });
}

function hostNames(hosts: ListedCluster['hosts']): string {
  return hosts.map(({ host, state }) => (state === 'unreachable' ? `(${host})` : host)).join(' ');
}

const units = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** The time since then, in the largest unit that fits: `3 d`, `5 min`. */
function age(since: string, now: Date): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - Date.parse(since)) / 1000));
  const [name, size] = units.find(([, each]) => seconds >= each) ?? ['s', 1];
  return `${Math.floor(seconds / size)} ${name}`;
}
