import { Command } from 'commander';
import { addPorts } from '../../cluster/ports/add-ports.ts';
import { describeMissing } from '../../cluster/availability.ts';
import { allPorts, findPortOwners } from '../../cluster/ports/published.ts';
import { removePorts } from '../../cluster/ports/remove-ports.ts';
import { addClusterOption, requestedCluster } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { interruptible } from '../interruptible.ts';
import { portLine, portTable } from '../port-table.ts';

const addingDetails = `
A port is \`[ADDRESS:][HOSTPORT:]NODE:PORT\`: TCP port PORT of a node, published at HOSTPORT of the engine's machine.
\`rapi\` instead of NODE:PORT is the cluster's address, which follows the master.

- \`node2:22\`: without HOSTPORT, the next free port is used, starting at PORT, or at 20000 if PORT is below 1024
- \`2222:node2:22\`: port 2222 of 127.0.0.1
- \`0.0.0.0:2222:node2:22\`: port 2222 of all addresses of the machine; put IPv6 addresses in brackets

In a multi-host cluster, a node's port is published on the node's host, and \`rapi\` on the first host.

The cluster keeps running, and the port stays published until \`port rm\`. Ports that are already published stay
unchanged. If one of several ports cannot be published, none is. Prints where each port is reachable.

Only the authentication of a node's daemons protects them (node daemons require the cluster's certificate, sshd a key):
think twice before you publish a port on more than 127.0.0.1. How it works: [network.md](network.md).
`;

const removingDetails = `
Name a port as \`port ls\` shows it: by HOSTPORT alone, or as it was published, where ADDRESS and HOSTPORT can be
omitted. Its open connections are closed. If one of the named ports is not published, nothing is changed.
`;

/** `vcluster-box port ...`: ports in addition to RAPI, which `up` publishes. */
export function portCommand(context: CliContext): Command {
  return new Command('port')
    .description('publish ports of nodes of an existing cluster')
    .addCommand(addCommand(context))
    .addCommand(removeCommand(context))
    .addCommand(listCommand(context));
}

interface Flags {
  readonly json?: boolean;
}

function addCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('add')), addingDetails)
    .description('publish ports of nodes, and print where they are reachable')
    .argument('<port...>', '[ADDRESS:][HOSTPORT:]NODE:PORT')
    .option('--json', 'print JSON')
    .action(async (texts: readonly string[], { json }: Flags, command: Command) => {
      const engine = await context.engine();
      const ports = await interruptible(context.signals, 'interrupted; no port was published', (signal) =>
        addPorts(engine, texts, { name: requestedCluster(command, context), signal }),
      );
      await context.print(json ? JSON.stringify(ports, null, 2) : ports.map(portLine).join('\n'));
    });
}

function removeCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('rm')), removingDetails)
    .description('stop publishing ports')
    .argument('<port...>', 'HOSTPORT, or [ADDRESS:][HOSTPORT:]NODE:PORT')
    .option('--json', 'print the removed ports as JSON')
    .action(async (texts: readonly string[], { json }: Flags, command: Command) => {
      const gone = await removePorts(await context.engine(), texts, requestedCluster(command, context));
      if (json) await context.print(JSON.stringify(gone, null, 2));
    });
}

function listCommand(context: CliContext): Command {
  return addClusterOption(new Command('ls'))
    .description('list published ports, including RAPI')
    .option('--json', 'print JSON')
    .action(async ({ json }: Flags, command: Command) => {
      const engine = await context.engine();
      const owners = await findPortOwners(engine, requestedCluster(command, context));
      for (const missing of owners.found.missing) {
        context.report({ type: 'warning', message: `ports are missing: ${describeMissing(missing)}` });
      }
      const ports = await allPorts(engine, owners);
      await context.print(json ? JSON.stringify(ports, null, 2) : portTable(ports, context.terminal.size()));
    });
}
