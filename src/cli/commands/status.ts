import { Command } from 'commander';
import { clusterStatus, type ClusterStatus, type NodeStatus } from '../../cluster/status.ts';
import { addClusterOption, requestedCluster } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { renderTable } from '../table.ts';

const details = `
Shows each node with its role, address and daemons (\`3/3\`, or which are down), or as \`stopped\`, \`paused\` or \`off\`
(\`gnt-node power off\`). The exit status is 0 if the cluster is ready, RAPI answers, and all nodes that are not marked offline
answer with all their daemons; otherwise it is 1. For a stopped cluster, it shows the plan.

A multi-host cluster is shown with a list of its hosts first. A host that cannot be reached is \`down\`, and the state of its nodes is
unknown; the cluster is then \`degraded\`, with exit status 1.
`;

/** `vcluster-box status [NAME]`: exits with 1 if something is down. */
export function statusCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('status')), details)
    .description('show the nodes, roles, addresses and daemons of a cluster; exit status 1 if something is down')
    .argument('[name]', 'the cluster')
    .option('--json', 'print JSON')
    .action(async (name: string | undefined, { json }: { readonly json?: boolean }, command: Command) => {
      const status = await clusterStatus(await context.engine(), name ?? requestedCluster(command, context));
      await context.print(json ? JSON.stringify(status, null, 2) : render(status));
      context.setStatus(status.well ? 0 : 1);
    });
}

function render(status: ClusterStatus): string {
  const { name, state, ganeti, cluster, rapi, nodes, hosts } = status;
  const version = ganeti === null ? '' : `, Ganeti ${ganeti}`;
  const answering = (state === 'running' || state === 'degraded') && !rapi ? ', RAPI does not answer' : '';
  const title = `${name} is ${state}: ${cluster.name} ${cluster.address}${version}${answering}`;
  const none = 'not in a cluster yet';
  const row = (node: NodeStatus) =>
    ganeti === null && node.role === 'unjoined' ? [node.name, '-', node.address, none] : nodeRow(node);
  const columns = ['NODE', 'ROLE', 'ADDRESS'];
  if (hosts === undefined) return `${title}\n${renderTable([...columns, 'DAEMONS'], nodes.map(row))}`;
  // The daemons stay in the last column, because they can be long.
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
  if (role === 'unjoined') return [name, role, address, `remove it: vcluster-box node rm ${name}`];
  return [name, role, address, node.state === 'running' ? daemonsOf(node) : nodeStates[node.state]];
}

/** Shown in place of the daemons. */
const nodeStates = { off: 'off', stopped: 'stopped', paused: 'paused', unknown: '-' } as const;

function daemonsOf({ answers, daemons }: Pick<NodeStatus, 'answers' | 'daemons'>): string {
  const all = Object.entries(daemons);
  const missing = all.filter(([, running]) => !running).map(([daemon]) => daemon.replace(/^ganeti-/, ''));
  const count = `${all.length - missing.length}/${all.length}`;
  const notes = [...(missing.length > 0 ? [`down: ${missing.join(', ')}`] : []), ...(answers ? [] : ['no answer'])];
  return [count, ...notes].join('  ');
}
