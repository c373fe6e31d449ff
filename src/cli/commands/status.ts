import { Command } from 'commander';
import type { NodeStatus } from '../../cluster/node-status.ts';
import { clusterStatus, type ClusterStatus } from '../../cluster/status.ts';
import { addClusterOption, clusterAsked } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { renderTable } from '../table.ts';

const details = `
Each node is shown with its role, address and daemons (\`3/3\`, or which are down), or as \`stopped\`, \`paused\` or \`off\`
(\`gnt-node power off\`). The exit status is 1 unless the cluster is ready, RAPI answers, and so do all nodes that are not marked
offline, with all their daemons. Of a stopped cluster it shows what the plan says.

Of a cluster on several hosts, these come first, each with how it is there. One that cannot be reached is \`down\`, and nothing is known
of its nodes; the cluster is \`degraded\` then, and the exit status 1.
`;

/** `vcluster-box status [NAME]`: exits with 1 when something is down. */
export function statusCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('status')), details)
    .description('how a cluster is: nodes, roles, addresses, daemons; exit status 1 when something is down')
    .argument('[name]', 'the cluster')
    .option('--json', 'as JSON')
    .action(async (name: string | undefined, { json }: { readonly json?: boolean }, command: Command) => {
      const status = await clusterStatus(await context.engine(), name ?? clusterAsked(command, context));
      await context.print(json ? JSON.stringify(status, null, 2) : render(status));
      context.setStatus(status.well ? 0 : 1);
    });
}

function render(status: ClusterStatus): string {
  const { name, state, ganeti, cluster, rapi, nodes, hosts } = status;
  const version = ganeti === null ? '' : `, Ganeti ${ganeti}`;
  const answering = (state === 'running' || state === 'degraded') && !rapi ? ', RAPI does not answer' : '';
  const title = `${name} is ${state}: ${cluster.name} ${cluster.address}${version}${answering}`;
  const none = 'in no cluster yet';
  const row = (node: NodeStatus) =>
    ganeti === null && node.role === 'unjoined' ? [node.name, '-', node.address, none] : nodeRow(node);
  const columns = ['NODE', 'ROLE', 'ADDRESS'];
  if (hosts === undefined) return `${title}\n${renderTable([...columns, 'DAEMONS'], nodes.map(row))}`;
  // What comes last may be as long as it must.
  const placed = nodes.map((node) => {
    const [daemons = '', ...rest] = [...row(node)].reverse();
    return [...rest.reverse(), hosts.find(({ slice }) => slice === node.slice)?.host ?? '-', daemons];
  });
  return `${title}\n${hostTable(hosts)}\n\n${renderTable([...columns, 'HOST', 'DAEMONS'], placed)}`;
}

function hostTable(hosts: NonNullable<ClusterStatus['hosts']>): string {
  const rows = hosts.map(({ host, state, nodes, container, problem }) => {
    return [host, state === 'unreachable' ? 'down' : state, `${nodes ?? '-'}`, problem ?? container ?? '-'];
  });
  return renderTable(['HOST', 'STATUS', 'NODES', 'CONTAINER'], rows);
}

function nodeRow({ name, role, address, ...node }: NodeStatus): readonly string[] {
  if (role === 'unjoined') return [name, role, address, `clear it away: vcluster-box node rm ${name}`];
  return [name, role, address, node.state === 'running' ? daemonsOf(node) : nodeStates[node.state]];
}

/** What is said instead of its daemons. */
const nodeStates = { off: 'off', stopped: 'stopped', paused: 'paused', unknown: '-' } as const;

function daemonsOf({ answers, daemons }: Pick<NodeStatus, 'answers' | 'daemons'>): string {
  const all = Object.entries(daemons);
  const missing = all.filter(([, running]) => !running).map(([daemon]) => daemon.replace(/^ganeti-/, ''));
  const count = `${all.length - missing.length}/${all.length}`;
  const notes = [...(missing.length > 0 ? [`down: ${missing.join(', ')}`] : []), ...(answers ? [] : ['no answer'])];
  return [count, ...notes].join('  ');
}
