import { Command } from 'commander';
import { addNodes, type NodesAdded, type NodesWanted } from '../../cluster/node/add-nodes.ts';
import { type NodesRemoved, removeNodes } from '../../cluster/node/remove-nodes.ts';
import { parseWhole, within } from '../../config/quantities.ts';
import { UsageError } from '../../errors.ts';
import { addClusterOption, clusterAsked } from '../common-options.ts';
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
Nodes are numbered on from the highest there is. Each is added by Ganeti's own \`gnt-node add\`, one after the other, for it
takes the cluster's lock: 3 to 10 seconds a node, the longer the larger the cluster is. \`/etc/hosts\`, the plan in the slice,
\`status\` and all other commands know a node as soon as it is there, and it outlives restarts.

In a cluster on several hosts, \`--host\` names one as \`up\` was told of it (\`ssh://ops@beta\`), or by the name of its machine alone.
All hosts must be up, for each must learn of the node.

A host that the cluster is not on yet becomes one of its hosts: it is looked at as \`up --host\` does, gets the cluster's image and keys, and a
slice that all others learn of, and that proves the network to and from each of them. \`advertise\` and \`port\` are as in \`up\`. If that fails, or no
node can be added there, it is taken back. A cluster on one host, or on a macvlan network, cannot get others: [hosts.md](hosts.md#a-further-host).

Their memory, CPUs and disk are simulated, as those of all nodes: [resources.md](resources.md).

Ctrl-C finishes the node in work and adds no further one. A node that cannot be added is taken back; those before stay.

The container's limits of memory and processes are raised with the nodes, unless \`--memory\` was given when the cluster was
made. Its limit of open files cannot be changed; it is wide enough for 1000 nodes, but the master's daemons keep to the part of
it that they began with: after growing to more than 900 nodes, \`vcluster-box restart\` once.
`;

const removeText = `
Each node is drained first, so that no instance is put on it. Then Ganeti moves its instances to those of the other nodes of
its group that have the fewest: those that run by migration, the others by failover; and those of the disk template \`file\`, whose
disks are that node's alone, by \`gnt-instance move\`: they stand still while their disks are copied. Then \`gnt-node remove\` is
run, and the node's daemons, directory, addresses, names and published ports go.

What cannot go is refused before anything is done: the master, all nodes at once, and a node with instances that Ganeti cannot
move, which are named: those for which there is no other node in the group. When a move fails, the node stays, and takes
instances again. To remove the master, make another node the master first:

    vcluster-box master-failover node2

Each host keeps a node at the least. In a cluster on several hosts, all of them must be up.

A node whose adding or removing was broken off, by the end of its container for instance, is shown as \`unjoined\` by \`status\`,
and left alone; \`node rm\` clears it away. Ctrl-C finishes the node in work and removes no further one. The container's limits
stay as they are.
`;

/** `vcluster-box node ...`: a running cluster grows and shrinks. */
export function nodeCommand(context: CliContext): Command {
  return new Command('node')
    .description('add nodes to a running cluster, and remove them')
    .addCommand(addCommand(context))
    .addCommand(removeCommand(context));
}

function addCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('add')), addText)
    .description('add nodes to a running cluster, which goes on working meanwhile')
    .option('-n, --nodes <count>', 'how many', parseCount, 1)
    .option('--group <name>', 'node group of all of them (default: for each, the group with the fewest nodes)')
    .option(
      '--host <host>',
      'of several hosts, the one they are to be on, or one more: ENDPOINT[,advertise=IP][,port=N] (default: for each, the one with the fewest)',
    )
    .option('--node-memory <size>', 'memory of each, as simulated (default: as `up` was told, else 64g)')
    .option('--node-cpus <count>', 'CPUs of each, as simulated (default: as `up` was told, else 16)')
    .option('--node-disk <size>', 'disk of each, as simulated (default: as `up` was told, else 1t)')
    .option('--json', 'print the result as JSON')
    .action(async ({ nodes: count, group, host, json, ...flags }: AddFlags, command: Command) => {
      const { parseNodeSizes } = await import('../../config/node-options.ts');
      const given = { memory: flags.nodeMemory, cpus: flags.nodeCpus, disk: flags.nodeDisk };
      const sizes = parseNodeSizes(given, (size) => `--node-${size}`);
      const wanted = { cluster: clusterAsked(command, context), count, group, ...sizes };
      const added =
        host === undefined
          ? await addNodes(await context.engine(), wanted, context)
          : await addOnHost(host, wanted, context);
      await context.print(json ? JSON.stringify(added, null, 2) : renderAdded(added));
    });
}

function removeCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('rm')), removeText)
    .description('remove nodes from a running cluster, after moving their instances to other nodes')
    .argument('<node...>', 'names of the nodes, short or full')
    .option('--json', 'print the result as JSON')
    .action(async (names: readonly string[], { json }: { readonly json?: boolean }, command: Command) => {
      const unwanted = { cluster: clusterAsked(command, context), names };
      const removed = await removeNodes(await context.engine(), unwanted, context);
      await context.print(json ? JSON.stringify(removed, null, 2) : renderRemoved(removed));
    });
}

async function addOnHost(host: string, wanted: Omit<NodesWanted, 'host'>, context: CliContext): Promise<NodesAdded> {
  const { parseNewHost } = await import('../../config/host-options.ts');
  const { addNodesOn } = await import('../../cluster/join/add-nodes-on.ts');
  return addNodesOn(await context.engine(), { ...wanted, host: parseNewHost(host) }, context);
}

function parseCount(text: string): number {
  const count = within(parseWhole, 1, 999)(text);
  if (count === undefined) throw new UsageError(`--nodes: a whole number from 1 to 999, not ${text}`);
  return count;
}

function renderAdded({ cluster, added, nodes }: NodesAdded): string {
  const rows = added.map(({ names, address, group }) => [names[0] ?? '', address, group]);
  return `Cluster ${cluster} has ${nodes} nodes now.\n\n${renderTable(['ADDED', 'ADDRESS', 'GROUP'], rows)}`;
}

function renderRemoved({ cluster, removed, moved, nodes }: NodesRemoved): string {
  const title = `Cluster ${cluster} has ${nodes} ${nodes === 1 ? 'node' : 'nodes'} now.  Removed: ${removed.join(', ')}.`;
  if (moved.length === 0) return title;
  const rows = moved.map(({ instance, from, to }) => [instance, from, to]);
  return `${title}\n\n${renderTable(['MOVED', 'FROM', 'TO'], rows)}`;
}
