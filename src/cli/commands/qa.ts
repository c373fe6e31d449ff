import { resolve } from 'node:path';
import { Command } from 'commander';
import type { QaOptions } from '../../qa/test-slice.ts';
import { UsageError } from '../../errors.ts';
import { addClusterFlags } from '../cluster-flags.ts';
import { addClusterOption, requestedCluster } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { renderGroups, renderQa } from '../render-qa.ts';
import { requireWritable, writeJunit } from '../../qa/junit.ts';

interface QaFlags {
  readonly tests?: readonly string[];
  readonly list?: boolean;
  readonly junit?: string;
  readonly json?: boolean;
  readonly existing?: boolean;
  readonly withSkipped?: boolean;
  readonly failFast?: boolean;
  readonly only?: string;
  readonly suite?: string;
  readonly keep?: boolean;
  readonly host?: readonly string[];
  readonly ganeti?: string;
  readonly base?: string;
  readonly mirror?: string;
  readonly packages?: readonly string[];
  readonly tree?: string;
}

const details = `
This is the suite with which Ganeti's developers test Ganeti: Debian's package \`ganeti-testsuite\`, unmodified, in
the same version as Ganeti in the image. By default, vcluster-box creates nodes for it, the suite creates a
cluster on these nodes, and everything is removed at the end, also after Ctrl-C. The whole suite takes half an
hour on an idle machine. \`--tests\` selects groups of tests; the groups that they depend on run as well.

[qa.md](qa.md) lists the tests, and those that cannot pass on a virtual cluster, with the reasons. \`--list\` lists
the groups.

\`--only TEST\` runs a single test; with \`--existing\` on a cluster that stays, in seconds. A test of instances runs on
an instance of the first template that \`--tests\` selects. \`--suite DIR\` runs the suite of your clone of Ganeti's
repository, which \`sync\` brings, too.

By itself, the suite stops at the first failed test. Here it continues, so that one run reports all failures.
\`--fail-fast\` restores the default of the suite. On virtual clusters the suite skips some tests that work: of
RAPI, OS definitions, out-of-band management and copyfile. \`--with-skipped\` runs them too, and counts them
separately.

\`--existing\` runs the suite on an existing cluster (\`-c NAME\`), without the tests that create and destroy the
cluster. The cluster must not have instances. The suite changes its parameters and restores them, so do not use a
cluster that you depend on. Ctrl-C removes the suite, but does not undo changes that its tests made.

With \`--host\` the nodes are on several hosts: [hosts.md](hosts.md). These hosts share no directory, so tests of
the template \`sharedfile\` are skipped.

The exit status is 0 if no tests failed except known failures. It is 1 if another test failed, or if the suite or
a part of it was aborted. The complete output is saved in \`$XDG_STATE_HOME/vcluster-box/logs\` (or
\`~/.local/state/vcluster-box/logs\`). \`--junit FILE\` writes a report for CI systems, in which known failures are
skipped tests.
`;

/** `vcluster-box qa`: Ganeti's own QA suite. */
export function qaCommand(context: CliContext): Command {
  const command = addClusterOption(new Command('qa'))
    .description("run Ganeti's own QA suite on a temporary cluster; the exit status is 1 if a test fails")
    .option('--tests <group...>', 'only run these groups of tests and those that they depend on')
    .option('--only <test>', 'only run this test, such as TestClusterVerify, and what it needs')
    .option('--suite <directory>', 'use the suite of this source tree of Ganeti')
    .option('--list', 'list the groups of tests; run none')
    .option('--junit <file>', 'write a report as JUnit XML')
    .option('--json', 'print the result as JSON')
    .option('--with-skipped', 'also run tests that the suite skips on virtual clusters')
    .option('--fail-fast', 'stop at the first failed test, as the suite does by itself')
    .option('--existing', 'run it on an existing cluster')
    .option('--keep', 'keep the cluster at the end')
    .action(async (flags: QaFlags) => {
      if (flags.list) await context.print(renderGroups(flags.json ?? false));
      else await run(context, flags, command);
    });
  return addDetails(addClusterFlags(command, ['hosts', 'ganeti', 'packages', 'tree', 'base', 'mirror']), details);
}

async function run(context: CliContext, flags: QaFlags, command: Command): Promise<void> {
  const options = await optionsOf(flags);
  if (flags.junit !== undefined) await requireWritable(flags.junit);
  const result = await (flags.existing ? runOnExisting : runOnNew)(context, { flags, command, options });
  await context.print(flags.json ? JSON.stringify(result, null, 2) : renderQa(result));
  context.setStatus(result.ok ? 0 : 1);
  if (flags.junit !== undefined) await writeJunit(flags.junit, result);
}

async function optionsOf(flags: QaFlags): Promise<QaOptions> {
  const { withSkipped = false, failFast = false, keep = false, only } = flags;
  refuseContradictions(flags);
  return { groups: await groupsOf(flags), withSkipped, failFast, keep, only, suite: await suiteOf(flags) };
}

function refuseContradictions({ withSkipped = false, failFast = false, only }: QaFlags): void {
  if (!failFast || (!withSkipped && only === undefined)) return;
  const other = withSkipped ? '--with-skipped' : '--only';
  throw new UsageError(`${other} and --fail-fast cannot be used together`, {
    hint: '--fail-fast runs the program of the suite, which chooses tests by itself',
  });
}

async function groupsOf({ tests, existing = false, only }: QaFlags): Promise<ReadonlySet<string>> {
  const { chooseGroups } = await import('../../qa/configuration.ts');
  const requested = tests?.flatMap((name) => name.split(',')).filter((name) => name !== '');
  const groups = [...chooseGroups(requested, existing)];
  // Tests of performance create many instances outside of a test.
  const all = only === undefined || requested !== undefined;
  return new Set(all ? groups : groups.filter((name) => !name.endsWith('performance')));
}

async function suiteOf({ suite }: QaFlags): Promise<string | undefined> {
  if (suite === undefined) return undefined;
  const { requireSuite } = await import('../../qa/install-suite.ts');
  await requireSuite(resolve(suite));
  return resolve(suite);
}

interface QaInvocation {
  readonly flags: QaFlags;
  readonly command: Command;
  readonly options: QaOptions;
}

async function runOnNew(context: CliContext, { flags, command, options }: QaInvocation) {
  const { parseClusterSpec } = await import('../../config/parse-cluster-spec.ts');
  const { qaNewCluster } = await import('../../qa/new-cluster.ts');
  // VCLUSTER_BOX_CLUSTER names an existing cluster, so it is ignored.
  const name = requestedCluster(command, { env: {} }) ?? 'qa';
  const { host: hosts, ganeti, packages, tree, base, mirror } = flags;
  const image = { ganeti, packages, tree, base, mirror };
  const request = parseClusterSpec({ name, nodes: 4, memory: '3g', ...image, hosts }, 'command line');
  return qaNewCluster(context, request, options, context);
}

async function runOnExisting(context: CliContext, { flags, command, options }: QaInvocation) {
  const given = (['ganeti', 'packages', 'tree', 'base', 'keep', 'host'] as const).find(
    (name) => flags[name] !== undefined,
  );
  if (given !== undefined) {
    throw new UsageError(`--existing and --${given} cannot be used together: --${given} is for new clusters`);
  }
  const { qaExistingCluster } = await import('../../qa/existing-cluster.ts');
  return qaExistingCluster(
    await context.engine(),
    requestedCluster(command, context),
    { ...options, mirror: flags.mirror },
    context,
  );
}
