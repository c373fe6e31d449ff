import { Command } from 'commander';
import { clusterOptions } from '../../config/cluster-options.ts';
import { addClusterFlags, givenClusterFlags } from '../cluster-flags.ts';
import { addClusterOption } from '../common-options.ts';
import { programName, type CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { renderUp } from '../render-up.ts';
import { renderTimings, startStopwatch } from '../timings/timings.ts';
import { upRequest } from '../up-request.ts';

interface UpFlags {
  readonly json?: boolean;
  readonly timings?: boolean;
  readonly cluster?: string;
  readonly file?: string;
}

const details = `
\`up\` returns when the daemon of every node responds, the master accepts jobs, and RAPI responds.

It starts a cluster that is stopped, and recreates one that was only partly created. It leaves a running cluster
unchanged. On an existing cluster, it compares only options that were given, as flags or in the file: \`up -n 5\`
fails if the cluster has 3 nodes, and plain \`up\` does not.

\`-f FILE\` reads options from a configuration file, which can set more than the flags:
[configuration.md](configuration.md). \`vcluster-box config init FILE\` writes one to start from.

The memory, CPUs and disk of nodes are simulated: they are what Ganeti sees (\`gnt-node list\`, \`hail\`, \`hbal\`,
\`hspace\`), and reserve nothing on the machine. \`--memory\` and \`--cpus\` limit what the container can really use;
it can also have no more than 400 processes, plus 40 per node: [resources.md](resources.md).

\`--os\` copies your own OS definitions to all nodes. They are checked first, as by \`gnt-os diagnose\`. On an
existing cluster, changed definitions are replaced: [os.md](os.md).

\`--host\` (at least twice) spreads the cluster over several hosts. ENDPOINT is \`ssh://[USER@]HOST\`,
\`tcp://HOST:PORT\`, \`unix://PATH\`, the name of a docker context, or \`default\`. Nodes are distributed evenly,
unless \`nodes=\` or \`share=\` says otherwise. \`advertise=IP\` is the address at which other hosts reach the host;
it is required if the endpoint does not name a machine. The hosts are connected by a VXLAN over UDP port 4790
(\`port=\`), which firewalls must allow, by the swarm of all engines, or by \`--network\`. All other commands find the
hosts by themselves: [hosts.md](hosts.md).

\`--rapi [ADDRESS]:PORT\` publishes RAPI on an IPv6 address. For the addresses in the cluster, see
[network.md](network.md).

The engine restarts the cluster after a reboot, and when its container was killed, but not after \`stop\`;
\`--restart\` sets another policy. After \`--ttl\`, the cluster stops itself, and the next vcluster-box command
removes it. Its restart policy is then \`on-failure\`, because with another policy the engine would start it again.

After a failure or Ctrl-C, \`up\` removes what it created, except for a slice image. It keeps the slice's log, without
the password, in \`$XDG_STATE_HOME/vcluster-box/logs\` (or \`~/.local/state/vcluster-box/logs\`).

\`--timings\` adds a table to the result, or \`timings\` with \`--json\`. Below each step, it lists the requests to the
engine and the slice's own steps that the step waited for. Several can be open at the same time.

If several \`up\` with the same name run at the same time, one creates the cluster and the others wait for it.
`;

/** `vcluster-box up [NAME]` */
export function upCommand(context: CliContext): Command {
  const command = addClusterOption(new Command('up'))
    .description('create a cluster, or start it if it exists')
    .argument('[name]', `name of the cluster (default: ${clusterOptions.name.default})`)
    .option('-f, --file <file>', 'configuration file, "-" for standard input; flags take precedence over it');
  return addDetails(addClusterFlags(command), details)
    .option('--json', 'print the result as JSON')
    .option('--timings', 'also print how long each step took, and what it waited for')
    .action(async (name: string | undefined, flags: UpFlags, command: Command) => {
      const request = await upRequest({ name, flags, options: givenClusterFlags(command) }, command, context);
      // Loading this takes 100 ms, which other commands do not have to wait for.
      const { up } = await import('../../cluster/up/up.ts');
      const stopwatch = startStopwatch(context.report);
      if (flags.timings) context.observeRequests(stopwatch.onRequest);
      const result = await up(context, request, { ...context, report: stopwatch.report });
      const timings = flags.timings ? stopwatch.timings() : undefined;
      if (flags.json) return context.print(JSON.stringify({ ...result, timings }, null, 2));
      const text = renderUp(result, programName(context));
      await context.print(timings === undefined ? text : `${text}\n\n${renderTimings(timings)}`);
    });
}
