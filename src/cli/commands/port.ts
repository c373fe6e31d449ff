import { Command } from 'commander';
import { addPorts } from '../../cluster/ports/add-ports.ts';
import { describeMissing } from '../../cluster/fleet/missing.ts';
import { allPorts, findPortOwners } from '../../cluster/ports/all-ports.ts';
import { unpublishPorts } from '../../cluster/ports/unpublish.ts';
import { addClusterOption, clusterAsked } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { interruptible } from '../interruptible.ts';
import { portLine, portTable } from '../port-table.ts';

const addingDetails = `
A port is \`[ADDRESS:][HOSTPORT:]NODE:PORT\`: TCP port PORT of a node, to be reached at HOSTPORT of the engine's machine. \`rapi\` in
place of NODE:PORT is the cluster's own address, and so follows the master.

- \`node2:22\`: without HOSTPORT, the next port that is free is chosen: from PORT on, or from 20000 where PORT is below 1024
- \`2222:node2:22\`: port 2222 of 127.0.0.1
- \`0.0.0.0:2222:node2:22\`: that of all the machine's addresses; an IPv6 address stands in brackets

Of a cluster on several hosts, a node's port is published on the host that the node is on, and \`rapi\` on the first.

The cluster goes on running meanwhile, and the port stays the same until it is taken back. What is published already stays as it
is. Of several ports, all are published or, after a failure, none. Prints where each is reached.

What a node's daemons ask of those who connect is all that protects them (node daemons want the cluster's certificate, sshd its
key): think twice before you publish on more than 127.0.0.1. [network.md](network.md) tells how it works.
`;

const removingDetails = `
A port is named as \`port ls\` shows it: by HOSTPORT alone, or as it was published, where ADDRESS and HOSTPORT may be left out.
Connections that lead through it end. If one of those named is not published, nothing is changed.
`;

/** `vcluster-box port ...`: what is reached from outside, beside RAPI as \`up\` published it. */
export function portCommand(context: CliContext): Command {
  return new Command('port')
    .description('publish ports of nodes, of a cluster that is there')
    .addCommand(addCommand(context))
    .addCommand(removeCommand(context))
    .addCommand(listCommand(context));
}

interface Flags {
  readonly json?: boolean;
}

function addCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('add')), addingDetails)
    .description('publish ports of nodes, and print where they are reached')
    .argument('<port...>', '[ADDRESS:][HOSTPORT:]NODE:PORT')
    .option('--json', 'as JSON')
    .action(async (texts: readonly string[], { json }: Flags, command: Command) => {
      const engine = await context.engine();
      const ports = await interruptible(context.signals, 'interrupted; no port was published', (signal) =>
        addPorts(engine, texts, { name: clusterAsked(command, context), signal }),
      );
      await context.print(json ? JSON.stringify(ports, null, 2) : ports.map(portLine).join('\n'));
    });
}

function removeCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('rm')), removingDetails)
    .description('take published ports back')
    .argument('<port...>', 'HOSTPORT, or [ADDRESS:][HOSTPORT:]NODE:PORT')
    .option('--json', 'print those that are gone, as JSON')
    .action(async (texts: readonly string[], { json }: Flags, command: Command) => {
      const gone = await unpublishPorts(await context.engine(), texts, clusterAsked(command, context));
      if (json) await context.print(JSON.stringify(gone, null, 2));
    });
}

function listCommand(context: CliContext): Command {
  return addClusterOption(new Command('ls'))
    .description('list the ports that are published, RAPI too')
    .option('--json', 'as JSON')
    .action(async ({ json }: Flags, command: Command) => {
      const engine = await context.engine();
      const owners = await findPortOwners(engine, clusterAsked(command, context));
      for (const missing of owners.found.missing) {
        context.report({ type: 'warning', message: `its ports are left out: ${describeMissing(missing)}` });
      }
      const ports = await allPorts(engine, owners);
      await context.print(json ? JSON.stringify(ports, null, 2) : portTable(ports));
    });
}
