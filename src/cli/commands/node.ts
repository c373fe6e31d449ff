import { Command } from 'commander';
import { addNodes, type NodesAdded, type NodesToAdd } from '../../cluster/node/add-nodes.ts';
import { type NodesRemoved, removeNodes } from '../../cluster/node/remove-nodes.ts';
import { most, parseNodeSizes } from '../../config/node-options.ts';
import { parseWhole, within } from '../../config/quantities.ts';
import { UsageError } from '../../errors.ts';
import { addClusterFlags } from '../cluster-flags.ts';
import { addClusterOption, requestedCluster } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { renderTable } from '../table.ts';

interface AddFlags {
  readonly nodes: number;
  readonly group?: string;
  readonly host?: string;
  readonly nodeMemory?: string;
  readonly nodeCpus?: string;
  readonly nodeDisk?: string;
  readonly json?: boolean;
}

const addText = `
Numbers continue from the highest existing node. Nodes are added one after the other with Ganeti's \`gnt-node add\`,
which takes the cluster's lock: 3 to 10 seconds per node, more in a large cluster. \`/etc/hosts\`, the slice's plan,
\`status\` and all other commands know a node as soon as it is added, and it survives restarts.

In a multi-host cluster, \`--host\` names a host as in \`up --host\` (\`ssh://ops@beta\`), or by its machine name alone.
All hosts must be up, because each must learn about the new node.

A host that is not yet part of the cluster joins it: it is checked as in \`up --host\`, receives the cluster's image and
keys, and gets a slice that all other slices learn about and whose network to each of them is verified. \`advertise\`
and \`port\` are the same as in \`up\`. If this fails, or no node can be added there, the host is removed again. A
cluster on one host or on a macvlan network cannot be extended to other hosts: [hosts.md](hosts.md#a-further-host).

Memory, CPUs and disk are simulated, as on all nodes: [resources.md](resources.md).

Ctrl-C completes the current node and adds no more. A node that cannot be added is removed again; nodes added before it
remain.

The container's limits for memory and processes grow with the nodes, unless the cluster was created with \`--memory\`.
Its limit for open files cannot be changed; it is sufficient for 1000 nodes, but running daemons of the master keep the
smaller limit that they started with: if a cluster grows beyond 900 nodes, run \`vcluster-box restart\` once.
`;

const removeText = `
Each node is drained first, so that it gets no new instances. Then Ganeti moves its instances to the nodes of the same
group with the fewest instances: running instances by migration, others by failover, and those with the disk
templates \`plain\` and \`file\`, whose disks exist on that node only, by \`gnt-instance move\`, which stops them while
their disks are copied. Finally \`gnt-node remove\` runs, and the node's daemons, directory, addresses, names and
published ports are removed.

If disks are copied, the command first says how much that writes: disks are sparse, and holes are not written.

What cannot be removed is refused before anything is changed: the master, all nodes at once, and a node with instances
that cannot be moved because its group has no other node; the message names them. If a move fails, the node stays and
accepts instances again. To remove the master, make another node the master first:

    vcluster-box master-failover node2

Each host keeps at least one node. In a multi-host cluster, all hosts must be up.

If adding or removing a node was interrupted, for example because the container stopped, \`status\` shows the node as
\`unjoined\`; \`node rm\` removes it. Ctrl-C completes the current node and removes no more. The container's limits do
not change.
`;

/** `vcluster-box node ...`. */
export function nodeCommand(context: CliContext): Command {
  return new Command('node')
    .description('add nodes to a running cluster, or remove them')
    .addCommand(addCommand(context))
    .addCommand(removeCommand(context));
}

/** A cluster has at least one node already. */
const mostAdded = most.nodes - 1;

function addCommand(context: CliContext): Command {
  const command = addClusterOption(new Command('add'))
    .description('add nodes to a running cluster')
    .option('-n, --nodes <count>', `number of nodes, 1 to ${mostAdded}`, parseCount, 1)
    .option('--group <name>', 'node group of the new nodes (default: for each node, the group with the fewest nodes)')
    .option(
      '--host <host>',
      'host of the new nodes; a new host joins: ENDPOINT[,advertise=IP][,port=N] ' +
        '(default: for each node, the host with the fewest nodes)',
    );
  const sizes = ['nodeMemory', 'nodeCpus', 'nodeDisk'] as const;
  return addDetails(
    addClusterFlags(command, sizes, (usual) => `as in \`up\`, or ${usual}`),
    addText,
  )
    .option('--json', 'print the result as JSON')
    .action(async ({ nodes: count, group, host, json, ...flags }: AddFlags, command: Command) => {
      const given = { memory: flags.nodeMemory, cpus: flags.nodeCpus, disk: flags.nodeDisk };
      const parsed = parseNodeSizes(given, (size) => `--node-${size}`);
      const wanted = { cluster: requestedCluster(command, context), count, group, ...parsed };
      const added =
        host === undefined
          ? await addNodes(await context.engine(), wanted, context)
          : await addOnHost(host, wanted, context);
      await context.print(json ? JSON.stringify(added, null, 2) : renderAdded(added));
    });
}

function removeCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('rm')), removeText)
    .description('move instances away from nodes, and remove the nodes from a running cluster')
    .argument('<node...>', 'names of the nodes, short or full')
    .option('--json', 'print the result as JSON')
    .action(async (names: readonly string[], { json }: { readonly json?: boolean }, command: Command) => {
      const unwanted = { cluster: requestedCluster(command, context), names };
      const removed = await removeNodes(await context.engine(), unwanted, context);
      await context.print(json ? JSON.stringify(removed, null, 2) : renderRemoved(removed));
    });
}

async function addOnHost(host: string, wanted: Omit<NodesToAdd, 'host'>, context: CliContext): Promise<NodesAdded> {
  const { parseNewHost } = await import('../../config/host-options.ts');
  const { addNodesOn } = await import('../../cluster/join/add-nodes-on.ts');
  return addNodesOn(await context.engine(), { ...wanted, host: parseNewHost(host) }, context);
}

function parseCount(text: string): number {
  const count = within(parseWhole, 1, mostAdded)(text);
  if (count === undefined) throw new UsageError(`--nodes: ${text} is not a whole number from 1 to ${mostAdded}`);
  return count;
}

function renderAdded({ cluster, added, nodes }: NodesAdded): string {
  const rows = added.map(({ names, address, group }) => [names[0] ?? '', address, group]);
  return `Cluster ${cluster} now has ${nodes} nodes.\n\n${renderTable(['ADDED', 'ADDRESS', 'GROUP'], rows)}`;
}

function renderRemoved({ cluster, removed, moved, nodes }: NodesRemoved): string {
  const size = `${nodes} ${nodes === 1 ? 'node' : 'nodes'}`;
  const title = `Cluster ${cluster} now has ${size}.  Removed: ${removed.join(', ')}.`;
  if (moved.length === 0) return title;
  const rows = moved.map(({ instance, from, to }) => [instance, from, to]);
  return `${title}\n\n${renderTable(['MOVED', 'FROM', 'TO'], rows)}`;
}
