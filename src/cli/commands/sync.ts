import { resolve } from 'node:path';
import { Command } from 'commander';
import { type Cluster, findCluster } from '../../cluster/find.ts';
import { readSourceTree, type SourceTree } from '../../cluster/sync/source-tree.ts';
import { diffSync, resetSync, type Synced, syncTree } from '../../cluster/sync/sync.ts';
import { watchTree } from '../../cluster/sync/watch-tree.ts';
import type { Engine } from '../../engine/engine.ts';
import { InterruptedError, UsageError, VclusterError } from '../../errors.ts';
import { addClusterOption, requestedCluster } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { describeRestarted } from '../restart-daemons.ts';
import { addDetails } from '../help.ts';
import { interruptible } from '../interruptible.ts';

const details = `
Brings the files of a clone of Ganeti's repository that differ from the cluster's Ganeti into the cluster, onto all
nodes and hosts, and restarts the daemons that load them. It prints what it brought and what it restarted. Clients such
as \`gnt-instance\`, and jobs, use new files from the next call on; ganeti-watcher from its next run on.

- \`lib/\`: Python modules, without those that only a build makes (\`_constants.py\`, \`opcodes.py\`,
  \`_generated_rpc.py\`, \`_vcsversion.py\`, \`rpc/stub/\`): these stay the image's.
- \`tools/\`: those that Ganeti's packages install.
- \`qa/\`: the QA suite, for \`vcluster-box qa --existing\`.
- \`hooks/\` and \`os/\`: hooks and OS definitions of your own, for \`/etc/ganeti/hooks\` and \`/srv/ganeti/os\`, which
  all nodes share.

Before anything is changed, the modules of the daemons and of jobs are loaded once: a file with an error is refused with
its message. So is a tree of another version than the cluster's Ganeti, unless \`--force\` is given. Files that do not
differ any more, or no longer exist, become the image's again.

What was brought stays when the cluster restarts, reaches nodes and hosts that are added later, and is shown by
\`status\`. \`--diff\` compares it with the image's files, \`--reset\` takes it back.
[ganeti-developers.md](ganeti-developers.md) shows how to work with it.
`;

interface SyncFlags {
  readonly watch?: boolean;
  readonly diff?: boolean;
  readonly reset?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `vcluster-box sync [DIR]`: a developer's Ganeti in a running cluster. */
export function syncCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('sync')), details)
    .description("bring changed files of Ganeti's source tree into a running cluster")
    .argument('[directory]', 'the source tree (default: the current directory)')
    .option('--watch', 'stay, and bring each change when a file is saved')
    .option('--diff', 'print what was brought, compared with the image')
    .option('--reset', 'take everything back')
    .option('--force', 'also from a tree of another version')
    .option('--json', 'print JSON')
    .action(async (directory: string | undefined, flags: SyncFlags, command: Command) => {
      refuseContradictions(directory, flags);
      const tree = flags.diff || flags.reset ? undefined : await readSourceTree(resolve(directory ?? '.'));
      const engine = await context.engine();
      const cluster = await findCluster(engine, requestedCluster(command, context));
      if (tree !== undefined) await bring(context, { engine, cluster, tree, flags });
      else if (flags.reset) await showAll(context, flags, await resetSync(engine, cluster));
      else {
        const diff = await diffSync(engine, cluster);
        if (diff !== '') await context.print(diff.trimEnd());
      }
    });
}

/** `--diff` and `--reset` need no tree. */
function refuseContradictions(directory: string | undefined, flags: SyncFlags): void {
  const given = (names: readonly (keyof SyncFlags)[]) => names.filter((name) => flags[name]).map((name) => `--${name}`);
  const [first, ...others] = given(['diff', 'reset']);
  if (first === undefined) return;
  const excluded = given(first === '--diff' ? ['watch', 'force', 'json'] : ['watch', 'force']);
  const [other] = [...others, ...(directory === undefined ? [] : [directory]), ...excluded];
  if (other !== undefined) throw new UsageError(`${first} and ${other} exclude each other`);
}

interface Bring {
  readonly engine: Engine;
  readonly cluster: Cluster;
  readonly tree: SourceTree;
  readonly flags: SyncFlags;
}

async function bring(context: CliContext, { engine, cluster, tree, flags }: Bring): Promise<void> {
  const { report, signals } = context;
  await interruptible(signals, 'interrupted; the cluster keeps what was brought', async (signal) => {
    const once = async () => {
      // A developer changes the version, too.
      const now = await readSourceTree(tree.directory);
      return syncTree(engine, cluster, now, { force: flags.force ?? false, signal });
    };
    const first = await once();
    await showAll(context, flags, first);
    if (!flags.watch) return;
    const changed = async () => {
      try {
        const synced = await once();
        if (!isEmpty(synced)) await show(context, flags, synced);
      } catch (error) {
        // A file with an error: the next change can mend it.
        if (!(error instanceof VclusterError) || error instanceof InterruptedError) throw error;
        report({ type: 'warning', message: error.message, ...(error.hint !== undefined && { hint: error.hint }) });
      }
    };
    const ready = async () => {
      // What was changed after the first call, and before the directories were watched.
      await changed();
      report({ type: 'notice', message: `watching ${tree.directory}; Ctrl-C ends it` });
    };
    await watchTree(tree, { ready, changed, signal });
  });
}

const nothing = 'nothing to do: the cluster has these files already';

function isEmpty({ brought, restored }: Synced): boolean {
  return brought.length + restored.length === 0;
}

async function showAll(context: CliContext, flags: SyncFlags, synced: Synced): Promise<void> {
  await show(context, flags, synced);
  if (isEmpty(synced) && !flags.json) context.report({ type: 'notice', message: nothing });
}

async function show({ print }: CliContext, { json }: SyncFlags, synced: Synced): Promise<void> {
  const { brought, restored, restarted } = synced;
  const lines = [...named(brought, 'brought'), ...named(restored, 'took back'), ...describeRestarted(restarted)];
  const text = json ? JSON.stringify(synced, null, 2) : lines.join('\n');
  if (text !== '') await print(text);
}

const mostNames = 10;

/** Names each file, or of many only how many each directory has. */
function named(files: readonly string[], did: string): readonly string[] {
  const tops = [...new Set(files.map((file) => file.split('/')[0]))];
  return tops.flatMap((top = '') => {
    const inTop = files.filter((file) => file.startsWith(`${top}/`));
    return inTop.length > mostNames
      ? [`${did} ${inTop.length} files of ${top}/`]
      : inTop.map((file) => `${did} ${file}`);
  });
}
