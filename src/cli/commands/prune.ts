import { Command } from 'commander';
import { prune, type Pruned } from '../../cluster/prune/prune.ts';
import { parseSeconds } from '../../config/quantities.ts';
import { UsageError } from '../../errors.ts';
import { formatBytes } from '../../format.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { renderTable, type Width } from '../table.ts';

const details = `
Removes the following resources of vcluster-box that are older than AGE:

- clusters that are stopped or partly created, counted from when they stopped
- networks, volumes and relays of published ports whose cluster no longer exists
- slice images that no container uses and that this version of vcluster-box does not use either; untagged images of
  builds
- scratch containers for inspecting an image or the engine's machine

Running and paused clusters stay, whatever their age. Everything younger than AGE stays too: an \`up\` can be working on
it. Resources are recognized by their labels, so those of other programs stay. A cluster whose \`--ttl\` has expired is
removed by the next command of any kind, including \`prune --dry-run\`. Named base images stay: \`image rm\` removes
them.

Prints what was removed, and why. Images share layers, so the freed space can be less than the sizes suggest.
\`--dry-run\` prints what would be removed.
`;

interface PruneFlags {
  readonly dryRun?: boolean;
  readonly olderThan?: string;
  readonly json?: boolean;
}

/** `vcluster-box prune` */
export function pruneCommand(context: CliContext): Command {
  return addDetails(new Command('prune'), details)
    .description('remove unused clusters, images and leftovers')
    .option('--dry-run', 'print what would be removed, without removing it')
    .option('--older-than <age>', 'minimum age, such as 90m, 12h or 7d (default: 24h, and 1h for scratch containers)')
    .option('--json', 'print JSON')
    .action(async ({ dryRun = false, olderThan, json }: PruneFlags) => {
      const { now, report, print } = context;
      const olderThanSeconds = olderThan === undefined ? undefined : parseAge(olderThan);
      const pruned = await prune(await context.engine(), { now: now(), olderThanSeconds, dryRun, report });
      if (json === true) return print(JSON.stringify(pruned, null, 2));
      if (pruned.length > 0) await print(table(pruned, context.terminal.size()));
      report({ type: 'notice', message: summary(pruned, dryRun) });
    });
}

function table(pruned: readonly Pruned[], width: Width): string {
  const rows = pruned.map(({ kind, name, size, reason }) => [
    kind,
    name,
    size === null ? '-' : formatBytes(size),
    reason,
  ]);
  return renderTable(['KIND', 'NAME', 'SIZE', 'REASON'], rows, width);
}

function summary(pruned: readonly Pruned[], dryRun: boolean): string {
  if (pruned.length === 0) return 'Nothing to remove.';
  const size = pruned.reduce((sum, one) => sum + (one.size ?? 0), 0);
  const count = `${pruned.length} ${pruned.length === 1 ? 'resource' : 'resources'}`;
  const what = size > 0 ? `${count}, at most ${formatBytes(size)} of images` : count;
  return dryRun ? `Would remove ${what}.` : `Removed ${what}.`;
}

function parseAge(text: string): number {
  const seconds = parseSeconds(text);
  if (seconds !== undefined) return seconds;
  throw new UsageError(`--older-than: ${text} is not an age such as 90m, 12h or 7d`);
}
