import { Command } from 'commander';
import { destroyed } from '../../cluster/current-plan.ts';
import { clusterStatus, type ClusterStatus, type NodeStatus } from '../../cluster/status.ts';
import { addClusterOption, requestedCluster } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { renderTable, shownHosts, type Width, withSource } from '../table.ts';

const details = `
Shows each node with its role, address and daemons (\`3/3\`, or which are down), or as \`stopped\`, \`paused\` or
\`off\` (\`gnt-node power off\`). The exit status is 0 if the cluster is ready and runs jobs, RAPI answers, and all
nodes that are not marked offline answer with all their daemons, and the engine's host has the addresses on which ports
are published; otherwise it is 1. For a stopped cluster, it shows what the plan and Ganeti's files say. After
\`gnt-cluster destroy\`, it says that there is no Ganeti cluster, and how to create one.

A multi-host cluster is shown with a list of its hosts first. A host that cannot be reached is \`down\`, and the state
of its nodes is unknown; the cluster is then \`degraded\`, with exit status 1.
`;

/** `vcluster-box status [NAME]`: exits with 1 if something is down. */
export function statusCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('status')), details)
    .description('show the nodes, roles, addresses and daemons of a cluster; exit status 1 if something is down')
    .argument('[name]', 'the cluster')
    .option('--json', 'print JSON')
    .action(async (name: string | undefined, { json }: { readonly json?: boolean }, command: Command) => {
      const status = await clusterStatus(await context.engine(), name ?? requestedCluster(command, context));
      await context.print(json ? JSON.stringify(status, null, 2) : render(status, context));
      context.setStatus(status.well ? 0 : 1);
    });
}

function render(status: ClusterStatus, { terminal }: CliContext): string {
  const { name, exists, nodes } = status;
  const hosts = shownHosts(status.hosts);
  const noneJoined = nodes.every(({ role }) => role === 'unjoined');
  const none = exists ? 'not in a cluster yet' : 'not in a cluster';
  const rows = nodes.map((node) => {
    const host = hosts.find(({ slice }) => slice === node.slice)?.host ?? '';
    const [role, daemons] = noneJoined ? ['-', none] : [node.role, daemonsOrState(node)];
    return [node.name, role, node.address, host, daemons];
  });
  // The daemons come last, because they can be long.
  const nodeTable = renderTable(['NODE', 'ROLE', 'ADDRESS', 'HOST', 'DAEMONS'], rows, terminal.size());
  const remedy = exists ? [] : [`To ${destroyed(name).hint}`];
  return [titleOf(status), ...syncedLine(status), ...hostTable(status, terminal.size()), nodeTable, ...remedy].join(
    '\n',
  );
}

function titleOf(status: ClusterStatus): string {
  const { name, state, exists, ganeti, ganetiSource, cluster, rapi, problem, warnings } = status;
  if (!exists) return `${name} is ${state}; its Ganeti cluster no longer exists`;
  const version = ganeti === null ? '' : `, Ganeti ${withSource(ganeti, ganetiSource) ?? ''}`;
  const answering = (state === 'running' || state === 'degraded') && !rapi ? ', RAPI does not answer' : '';
  const title = `${name} is ${state}: ${cluster.name} ${cluster.address}${version}${answering}`;
  return [title, ...(problem === null ? [] : [problem]), ...warnings.map((text) => `Warning: ${text}`)].join('\n');
}

function syncedLine({ synced }: ClusterStatus): readonly string[] {
  if (synced === null) return [];
  const { version, files } = synced;
  const what = files.length === 1 ? files.join('') : `${files.length} files`;
  return [`${what} of a source tree of Ganeti ${version} (\`vcluster-box sync --diff\` shows the changes)`];
}

/** Of a cluster on the default engine only, nothing but the problem. */
function hostTable(status: ClusterStatus, width: Width): readonly string[] {
  const hosts = shownHosts(status.hosts);
  if (hosts.length === 0) return status.hosts.flatMap(({ problem }) => problem ?? []);
  const rows = hosts.map(({ host, state, nodes, container, problem }) => {
    return [host, state === 'unreachable' ? 'down' : state, `${nodes ?? '-'}`, problem ?? container ?? '-'];
  });
  return [renderTable(['HOST', 'STATUS', 'NODES', 'CONTAINER'], rows, width), ''];
}

function daemonsOrState(node: NodeStatus): string {
  if (node.role === 'unjoined') return `remove it: vcluster-box node rm ${node.name}`;
  return node.state === 'running' ? daemonsOf(node) : nodeStates[node.state];
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
