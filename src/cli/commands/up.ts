import { Command } from 'commander';
import { addClusterFlags, givenClusterFlags } from '../cluster-flags.ts';
import { addClusterOption } from '../common-options.ts';
import { programName, type CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { renderUp } from '../render-up.ts';
import { upRequest } from '../up-request.ts';

interface UpFlags {
  readonly json?: boolean;
  readonly cluster?: string;
  readonly file?: string;
}

const details = `
On a cluster that is stopped or half-made, \`up\` finishes the job (on several hosts it makes anew what is half-made); on one that runs it changes nothing and says so. Done means:
the daemon of every node answers, the master accepts jobs, RAPI answers.

\`-f FILE\` reads the options from a configuration file, which can say more than the flags; a flag wins over what the file says:
[configuration.md](configuration.md). \`vcluster-box config init FILE\` writes one to begin with.

Each node has memory, CPUs and disk of its own, as Ganeti sees it (\`gnt-node list\`, \`hail\`, \`hbal\`, \`hspace\`): they are simulated,
less what runs on the node, and take nothing of the machine: [resources.md](resources.md). What the container as a whole may really use
is limited by \`--memory\` and \`--cpus\`.

Only options that were given, on the command line or in the file, are compared with what there is: \`up -n 5\` on a cluster of 3 is refused and says so, a plain
\`up\` is not.

\`--os DIR\` brings OS definitions of your own to all nodes: DIR is one, or holds several. They are checked first, as \`gnt-os diagnose\` would.
On a cluster that is there they are copied, too, those that differ from what it has, each whole: [os.md](os.md).

\`--host\`, once for each, spreads the cluster over several hosts: ENDPOINT is \`ssh://[USER@]HOST\`, \`tcp://HOST:PORT\`, \`unix://PATH\`, the name of
a docker context, or \`default\`. Nodes are dealt evenly, or as \`nodes=\` and \`share=\` say; \`advertise=IP\` is the address by which the other
hosts reach it, and must be given where the endpoint names no machine. Between hosts goes a VXLAN over UDP port 4790 (\`port=\`), which firewalls must let through,
or a network of the swarm that all engines are in, or \`--network\`: [hosts.md](hosts.md). Every other command finds the hosts by itself.

Where IPv6 is published, it is \`--rapi [ADDRESS]:PORT\`. Addresses: [network.md](network.md). Processes are limited, too: to 400
and 40 a node.

A cluster comes back by itself after \`docker restart\`, after a reboot, and when its container was killed, unless \`stop\`
has stopped it; \`--restart\` chooses otherwise. With \`--ttl 2h\` it ends itself after that time, wherever you are then: it stops, and
the next command of vcluster-box removes it. Its restart policy is \`on-failure\` then, for another would start it again.

A failure or Ctrl-C removes what this run made, and only that; a slice image that was built stays. The slice's log is
kept in \`$XDG_STATE_HOME/vcluster-box/logs\` (or \`~/.local/state/vcluster-box/logs\`), the only place where vcluster-box
leaves anything on your machine (\`npm start\` and \`npm test\` keep the log of an engine that they started beside it). The
password is never in it. Of two \`up\` at once with one name, one makes the cluster and the other waits for it.
`;

/** `vcluster-box up [NAME]` */
export function upCommand(context: CliContext): Command {
  const command = addClusterOption(new Command('up'))
    .description('create a cluster, or start it if it exists')
    .argument('[name]', 'name of the cluster (default: vcluster)')
    .option('-f, --file <file>', 'configuration file, "-" for standard input; flags take precedence over it');
  return addDetails(addClusterFlags(command), details)
    .option('--json', 'print the result as JSON')
    .action(async (name: string | undefined, flags: UpFlags, command: Command) => {
      const request = await upRequest({ name, flags, options: givenClusterFlags(command) }, command, context);
      // Loading this takes 100 ms, which other commands do not have to wait for.
      const { bringUp } = await import('../../cluster/spread/bring-up.ts');
      const result = await bringUp(context, request, context);
      const text = flags.json ? JSON.stringify(result, null, 2) : renderUp(result, programName(context));
      await context.print(text);
    });
}
