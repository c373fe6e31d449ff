import { Command } from 'commander';
import { addClusterOption, addToList } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { programName } from '../program-name.ts';
import { renderUp } from '../render-up.ts';
import { upRequest } from '../up-request.ts';

interface UpFlags extends Readonly<Record<string, unknown>> {
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

/** Those of the flags that are the spec's. */
const specOptions = [
  'nodes',
  'nodeMemory',
  'nodeCpus',
  'nodeDisk',
  'groups',
  'instances',
  'underlay',
  'network',
  'encrypted',
  'ganeti',
  'base',
  'mirror',
  'subnet',
  'domain',
  'rapi',
  'publish',
  'os',
  'memory',
  'cpus',
  'restart',
  'ttl',
  'watcher',
  'timeout',
  'verify',
  'keep',
];

/** `vcluster-box up [NAME]`: the flags go unread to `config/`, which knows what they may be. */
export function upCommand(context: CliContext): Command {
  return addDetails(addSpecOptions(addClusterOption(new Command('up'))), details)
    .description('make a cluster, or bring the one that is there to running; changes nothing when it is')
    .argument('[name]', 'the cluster: 1 to 40 small letters, digits and inner hyphens (default: vcluster)')
    .option('--json', 'print the result as JSON')
    .action(async (name: string | undefined, flags: UpFlags, command: Command) => {
      const flagged = Object.fromEntries(specOptions.map((option) => [option, givenFlag(command, option)]));
      const options = { ...flagged, hosts: givenFlag(command, 'host') };
      const request = await upRequest({ name, flags, options }, command, context);
      // It and what it needs take 100 ms to load, which the other commands need not wait for.
      const { bringUp } = await import('../../cluster/spread/bring-up.ts');
      const result = await bringUp(context, request, context);
      const text = flags.json ? JSON.stringify(result, null, 2) : renderUp(result, programName(context));
      await context.print(text);
    });
}

/** An option `--no-X` makes X true when it is not given. */
function givenFlag(command: Command, option: string): unknown {
  return command.getOptionValueSource(option) === 'default' ? undefined : command.getOptionValue(option);
}

/** No defaults here: they are in `config/`, and what was not given must not look as if it was. */
function addSpecOptions(command: Command): Command {
  return command
    .option('-f, --file <file>', 'configuration file, "-" for standard input; flags win over it')
    .option('-n, --nodes <count>', 'number of nodes, 1 to 1000 (default: 3)')
    .option('--node-memory <size>', 'memory of each node, as simulated, 256m to 64t (default: 64g)')
    .option('--node-cpus <count>', 'CPUs of each node, as simulated, 1 to 1024 (default: 16)')
    .option('--node-disk <size>', 'disk of each node, as simulated, 1g to 1024t (default: 1t)')
    .option('--groups <count>', 'number of node groups that the nodes spread over, 1 to 100 (default: 1)')
    .option('--instances <count>', 'how many running instances it begins with, without disks (default: 0)')
    .option(
      '--host <endpoint[,key=value...]>',
      'spread it over several hosts, of which this is one (repeat it); keys: advertise=IP, port=N, nodes=N, share=N',
      addToList,
    )
    .option('--underlay <what>', 'what carries the network between hosts: auto, vxlan or swarm (default: auto)')
    .option('--network <name>', "a network of the engines' own that carries it: an overlay of a swarm, or macvlan")
    .option('--encrypted', 'encrypt the network that is made in a swarm')
    .option('--ganeti <version>', '3.0 (Debian bookworm) or 3.1 (trixie) (default: 3.0)')
    .option(
      '--base <image>',
      'what the slice image is built on, of the same Debian release (default: debian:RELEASE-slim)',
    )
    .option('--mirror <url>', 'Debian archive for the build')
    .option('--subnet <cidr>', 'addresses of the cluster, inside its container, /8 to /29 (default: 198.18.0.0/16)')
    .option('--domain <name>', 'domain of all names, at most 50 characters (default: example.com)')
    .option(
      '--rapi <[address:]port>',
      'where RAPI is published; PORT may be auto (default: 127.0.0.1, and 5080 or the next free one)',
    )
    .option('--publish <port>', 'publish a port of a node, as `port add` does (may be repeated)', addToList)
    .option(
      '--os <directory>',
      'OS definitions of your own: one, or a directory of several (may be repeated)',
      addToList,
    )
    .option('--memory <size>', 'memory limit of the container, such as 512m or 2g (default: 1g and 64m a node)')
    .option('--cpus <number>', 'CPU limit, such as 1.5 (default: none)')
    .option('--restart <policy>', 'no, on-failure, unless-stopped or always (default: unless-stopped)')
    .option(
      '--timeout <time>',
      'how long to wait for the cluster to boot, such as 90 or 5m (default: 120s and 2s a node)',
    )
    .option('--ttl <time>', 'end the cluster by itself after that time, such as 2h (default: never)')
    .option('--no-watcher', 'do not run ganeti-watcher on all nodes every five minutes')
    .option('--verify', 'end with gnt-cluster verify')
    .option('--keep', 'when it fails, keep the stopped container');
}
