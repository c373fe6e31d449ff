import { Command } from 'commander';
import { type Failover, masterFailover } from '../../cluster/master-failover/master-failover.ts';
import { addClusterOption, requestedCluster } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { interruptible } from '../interruptible.ts';

interface Flags {
  readonly voting: boolean;
  readonly json?: boolean;
}

const details = `
Runs Ganeti's \`gnt-cluster master-failover\` on NODE, which must be a master candidate, and waits until the new master
accepts jobs and RAPI answers. The old master becomes an ordinary node. The cluster's address moves to the new master,
and RAPI with it: it stays reachable at the port that is published on every host of the cluster.

Ganeti holds a vote first: it refuses unless more than half of all nodes answer, including stopped nodes and nodes on
lost hosts. If a cluster splits into two halves, at most one of them has a master. A node that was stopped during the
last failover has to get the configuration first: \`gnt-cluster redist-conf\`.

\`--no-voting\` skips the vote. Use it when half of the nodes or more are lost, including the master. First make sure
that the old master no longer acts as one: its host is off, or its container is stopped. Otherwise both halves accept
jobs and change their own copy of the configuration, and when they see each other again, one half's changes are lost:
the master that fewer nodes name steps down; if the numbers are equal, the earlier master does. See gnt-cluster(8).

A slice that returns after its host was lost asks the others who is master. It never starts a second master: its nodes
return as ordinary ones and receive from the new master what they missed. If the returning slice has the master, but no
majority of nodes confirms it, the master is not started until enough slices are up;
\`master-failover NODE --no-voting\` with the name of that master starts it without them. See [hosts.md](hosts.md).
`;

/** `vcluster-box master-failover NODE`. */
export function masterFailoverCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('master-failover')), details)
    .description('make another node the master')
    .argument('<node>', 'the new master, short or full name')
    .option('--no-voting', 'skip the vote of the nodes; read the risks below')
    .option('--json', 'print the result as JSON')
    .action(async (node: string, { voting, json }: Flags, command: Command) => {
      const { report, signals } = context;
      const engine = await context.engine();
      const wanted = { cluster: requestedCluster(command, context), node, noVoting: !voting };
      const done = await interruptible(signals, `interrupted; the failover to ${node} continues`, (signal) =>
        masterFailover(engine, wanted, { report, signal }),
      );
      await context.print(json ? JSON.stringify(done, null, 2) : render(done));
    });
}

function render({ cluster, master, before }: Failover): string {
  const was = before === null || before === master ? '' : `, replacing ${before}`;
  return `${master} is now the master of cluster ${cluster}${was}.  RAPI answers.`;
}
