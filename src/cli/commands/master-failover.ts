import { Command } from 'commander';
import { type Failover, masterFailover } from '../../cluster/master-failover/master-failover.ts';
import { addClusterOption, clusterAsked } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { interruptible } from '../interruptible.ts';

interface Flags {
  readonly voting: boolean;
  readonly json?: boolean;
}

const details = `
Runs Ganeti's own \`gnt-cluster master-failover\` on NODE, which must be a master candidate, and is done when the new master takes
jobs and RAPI answers. The old master becomes an ordinary node. The cluster's address goes along, and so does RAPI: at the port that is
published on every host of the cluster.

Ganeti holds a vote first: more than half of all nodes must answer, also of those that are stopped or on hosts that are lost, or it
refuses. So of two halves of a cluster that cannot reach each other at most one has a master.

\`--no-voting\` leaves the vote out. It is for when half of the nodes or more are lost, with the master among them. Be sure first that
the old master does not act as one any more: that its host is off, or its container stopped. If it does, both halves accept jobs
and change their own copy of the configuration, and what one of them did is lost when they see each other again: then the
master that fewer nodes name steps down, and of equals the one that was named before. Ganeti says it in gnt-cluster(8).

A slice that is back after its host was lost asks the others who is master. It never starts a second one: its nodes return as ordinary
ones, and get from the new master what they have missed. A master whose slice comes back, but finds no majority of nodes that
name it, is not started until enough slices are up; \`master-failover NODE --no-voting\`, with its own name, starts it without them.
[hosts.md](hosts.md) tells more.
`;

/** `vcluster-box master-failover NODE`: another node becomes the master. */
export function masterFailoverCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('master-failover')), details)
    .description('make another node the master')
    .argument('<node>', 'that is to be the master; short or full')
    .option('--no-voting', 'even if most nodes are down; see below what that risks')
    .option('--json', 'print the result as JSON')
    .action(async (node: string, { voting, json }: Flags, command: Command) => {
      const { report, signals } = context;
      const engine = await context.engine();
      const wanted = { cluster: clusterAsked(command, context), node, noVoting: !voting };
      const done = await interruptible(signals, `interrupted; ${node} goes on to become the master`, (signal) =>
        masterFailover(engine, wanted, { report, signal }),
      );
      await context.print(json ? JSON.stringify(done, null, 2) : render(done));
    });
}

function render({ cluster, master, before }: Failover): string {
  const was = before === null || before === master ? '' : ` in place of ${before}`;
  return `${master} is the master of cluster ${cluster} now${was}.  RAPI answers.`;
}
