import { Command } from 'commander';
import { UsageError } from '../../errors.ts';
import { addClusterOption, clusterAsked } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { programName } from '../program-name.ts';
import { renderUp } from '../render-up.ts';

interface UpFlags extends Readonly<Record<string, unknown>> {
  readonly json?: boolean;
  readonly cluster?: string;
}

/** Those of the flags that are the spec's. */
const specOptions = [
  'nodes',
  'ganeti',
  'base',
  'mirror',
  'subnet',
  'domain',
  'rapi',
  'memory',
  'cpus',
  'restart',
  'timeout',
  'verify',
  'keep',
];

/** `vcluster-box up [NAME]`: the flags go unread to `parseClusterSpec`, which knows what they may be. */
export function upCommand(context: CliContext): Command {
  return addSpecOptions(addClusterOption(new Command('up')))
    .description('make a cluster, or bring the one that is there to running; changes nothing when it is')
    .argument('[name]', 'the cluster (default: "vcluster")')
    .option('--json', 'print the result as JSON')
    .action(async (name: string | undefined, flags: UpFlags, command: Command) => {
      const asked = clusterAsked(command, context);
      if (name !== undefined && flags.cluster !== undefined && name !== flags.cluster) {
        throw new UsageError(`two names: ${name} and ${flags.cluster}`, { hint: 'give one: vcluster-box up NAME' });
      }
      const { up, parseClusterSpec } = await loadUp();
      const options = specOptions.map((option) => [option, flags[option]] as const);
      const request = parseClusterSpec({ ...Object.fromEntries(options), name: name ?? asked }, 'command line');
      const result = await up(await context.engine(), request, context);
      const text = flags.json ? JSON.stringify(result, null, 2) : renderUp(result, programName(context));
      await context.print(text);
    });
}

/** They and what they need take 100 ms to load, which the other commands need not wait for. */
async function loadUp() {
  const [{ up }, { parseClusterSpec }] = await Promise.all([
    import('../../cluster/up/up.ts'),
    import('../../config/parse-cluster-spec.ts'),
  ]);
  return { up, parseClusterSpec };
}

/** No defaults here: they are in `config/`, and what was not given must not look as if it was. */
function addSpecOptions(command: Command): Command {
  return command
    .option('-n, --nodes <count>', 'number of nodes, 1 to 1000 (default: 3)')
    .option('--ganeti <version>', '3.0 (Debian bookworm) or 3.1 (trixie) (default: 3.0)')
    .option('--base <image>', 'image to build on, of the same Debian release (default: debian:RELEASE-slim)')
    .option('--mirror <url>', 'Debian archive for the build')
    .option('--subnet <cidr>', 'addresses of the cluster, inside its container (default: 198.18.0.0/16)')
    .option('--domain <name>', 'domain of all names (default: example.com)')
    .option('--rapi <[address:]port>', 'where RAPI is published (default: 127.0.0.1, 5080 or the next that is free)')
    .option('--memory <size>', 'memory limit (default: 1g and 64m a node)')
    .option('--cpus <number>', 'CPU limit (default: none)')
    .option('--restart <policy>', 'no, on-failure, unless-stopped or always (default: unless-stopped)')
    .option('--timeout <time>', 'how long to wait for the cluster (default: 120s and 2s a node)')
    .option('--verify', 'end with gnt-cluster verify')
    .option('--keep', 'remove nothing when it fails');
}
