import { Command, Option } from 'commander';
import type { QaWishes } from '../../qa/test-slice.ts';
import { UsageError } from '../../errors.ts';
import { ganetiVersions } from '../../image/releases.ts';
import { addClusterOption, addToList, clusterAsked } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { renderGroups, renderQa } from '../render-qa.ts';
import { refuseUnwritable, writeJunit } from '../../qa/junit.ts';

interface QaFlags {
  readonly tests?: readonly string[];
  readonly list?: boolean;
  readonly junit?: string;
  readonly json?: boolean;
  readonly existing?: boolean;
  readonly withSkipped?: boolean;
  readonly failFast?: boolean;
  readonly keep?: boolean;
  readonly host?: readonly string[];
  readonly ganeti?: string;
  readonly base?: string;
  readonly mirror?: string;
}

const details = `
This is the suite by which Ganeti's developers test Ganeti, of the very version that is in the image, and unmodified: Debian's
package \`ganeti-testsuite\`. It gets nodes of its own, makes a cluster of them by itself, and all is removed at the end; Ctrl-C does
that, too. All of it takes half an hour on a quiet machine; \`--tests\` chooses groups of tests, and what they need is run with them.

Which tests there are, what cannot pass on a virtual cluster, and why: [qa.md](qa.md). \`--list\` shows the groups.

The suite ends at the first test that fails. Here it goes on, so that one run tells of all: \`--fail-fast\` leaves it as it is. On
virtual clusters it leaves out tests that work all the same: of RAPI, OS definitions, out-of-band management, copyfile.
\`--with-skipped\` runs them, too; they are counted apart.

\`--existing\` runs the suite on a cluster that is there (\`-c NAME\`) and leaves it there, without the tests that make and destroy one.
It must have no instances. The suite changes its parameters and puts them back; better not use a cluster that you care for.
Ctrl-C takes the suite away, and not what its tests have made or changed.

With \`--host\` the nodes are on several hosts: [hosts.md](hosts.md). These share no directory, so tests of template \`sharedfile\` are left out.

The exit status is 0 when no test failed, but for those that are known to fail; 1 when another one did, or the suite, or a part of it, did
not come to its end. All that it printed is kept in \`$XDG_STATE_HOME/vcluster-box/logs\` (or \`~/.local/state/vcluster-box/logs\`).
\`--junit FILE\` writes the tests for CI systems: a known failure counts as skipped there.
`;

/** `vcluster-box qa`: Ganeti's own QA suite. */
export function qaCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('qa')), details)
    .description("run Ganeti's own QA suite, on a cluster that is made for it; exit status 1 when a test fails")
    .option('--tests <group...>', 'run these groups of tests only, and what they need')
    .option('--list', 'show all groups of tests, and run none')
    .option('--junit <file>', 'write the tests as JUnit XML, too')
    .option('--json', 'print the result as JSON')
    .option('--with-skipped', 'also run what the suite leaves out on virtual clusters')
    .option('--fail-fast', 'end at the first test that fails, as the suite does by itself')
    .option('--existing', 'run it on a cluster that is there, and leave it there')
    .option('--keep', 'keep the cluster that the suite was run on')
    .option(
      '--host <endpoint[,key=value...]>',
      'spread the cluster over several hosts, of which this is one (repeat it), as `up` does',
      addToList,
    )
    .addOption(new Option('--ganeti <version>', 'which Ganeti (default: 3.0)').choices(ganetiVersions))
    .option('--base <image>', 'what the slice image is built on, of the same Debian release')
    .option('--mirror <url>', 'Debian archive for the builds')
    .action(async (flags: QaFlags, command: Command) => {
      if (flags.list) await context.print(renderGroups(flags.json ?? false));
      else await run(context, flags, command);
    });
}

async function run(context: CliContext, flags: QaFlags, command: Command): Promise<void> {
  const wishes = await wishesOf(flags);
  if (flags.junit !== undefined) await refuseUnwritable(flags.junit);
  const result = await (flags.existing ? runOnExisting : runOnNew)(context, { flags, command, wishes });
  await context.print(flags.json ? JSON.stringify(result, null, 2) : renderQa(result));
  context.setStatus(result.ok ? 0 : 1);
  if (flags.junit !== undefined) await writeJunit(flags.junit, result);
}

async function wishesOf(flags: QaFlags): Promise<QaWishes> {
  const { withSkipped = false, failFast = false, keep = false } = flags;
  const { chooseGroups } = await import('../../qa/configuration.ts');
  const asked = flags.tests?.flatMap((name) => name.split(',')).filter((name) => name !== '');
  const groups = chooseGroups(asked, flags.existing ?? false);
  if (!withSkipped || !failFast) return { groups, withSkipped, failFast, keep };
  throw new UsageError('--with-skipped and --fail-fast contradict each other', {
    hint: 'the suite by itself leaves those tests out',
  });
}

interface Asked {
  readonly flags: QaFlags;
  readonly command: Command;
  readonly wishes: QaWishes;
}

async function runOnNew(context: CliContext, { flags, command, wishes }: Asked) {
  const { parseClusterSpec } = await import('../../config/parse-cluster-spec.ts');
  const { qaNewCluster } = await import('../../qa/new-cluster.ts');
  // What is in the environment is meant for clusters that are there.
  const name = clusterAsked(command, { env: {} }) ?? 'qa';
  const { ganeti, base, mirror, host: hosts } = flags;
  const request = parseClusterSpec({ name, nodes: 4, memory: '3g', ganeti, base, mirror, hosts }, 'command line');
  return qaNewCluster(context, request, wishes, context);
}

async function runOnExisting(context: CliContext, { flags, command, wishes }: Asked) {
  const given = (['ganeti', 'base', 'keep', 'host'] as const).find((name) => flags[name] !== undefined);
  if (given !== undefined) {
    throw new UsageError(`--existing and --${given} contradict each other: the cluster is what it is, and stays`);
  }
  const { qaExistingCluster } = await import('../../qa/existing-cluster.ts');
  return qaExistingCluster(
    await context.engine(),
    clusterAsked(command, context),
    { ...wishes, mirror: flags.mirror },
    context,
  );
}
