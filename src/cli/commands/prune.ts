import { Command } from 'commander';
import { prune, type Pruned } from '../../cluster/prune/prune.ts';
import { parseSeconds } from '../../config/quantities.ts';
import { UsageError } from '../../errors.ts';
import { formatBytes } from '../../format.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { renderTable } from '../table.ts';

const details = `
Removes, of what vcluster-box made and is older than AGE:

- clusters that are stopped or half-made, counted from when they stopped
- networks, volumes and relays of published ports whose cluster is gone
- slice images that no container uses and this version of vcluster-box would not use either; nameless images that builds have left
- containers that were made only to look into an image or at the engine's machine

Clusters that run or are paused stay, whatever their age, and so does all that is younger than AGE: an \`up\` may be at work on it.
Things are known by their labels only, so what others made stays, too. A cluster whose \`--ttl\` is over goes at the next command of any
kind, also at \`prune --dry-run\`. Named base images stay: \`image rm\` removes them.

Prints what was removed, and why. Images share layers, so what becomes free may be less than the sizes say. \`--dry-run\` prints what
would be removed.
`;

interface PruneFlags {
  readonly dryRun?: boolean;
  readonly olderThan?: string;
  readonly json?: boolean;
}

/** `vcluster-box prune` */
export function pruneCommand(context: CliContext): Command {
  return addDetails(new Command('prune'), details)
    .description('remove clusters, images and leftovers that nobody needs any more')
    .option('--dry-run', 'print what would be removed, and remove nothing')
    .option(
      '--older-than <age>',
      'how old things must be, such as 90m, 12h or 7d (default: 24h, and 1h for scratch containers)',
    )
    .option('--json', 'as JSON')
    .action(async ({ dryRun = false, olderThan, json }: PruneFlags) => {
      const { now, report, print } = context;
      const olderThanSeconds = olderThan === undefined ? undefined : parseAge(olderThan);
      const pruned = await prune(await context.engine(), { now: now(), olderThanSeconds, dryRun, report });
      if (json === true) return print(JSON.stringify(pruned, null, 2));
      if (pruned.length > 0) await print(table(pruned));
      report({ type: 'notice', message: summary(pruned, dryRun) });
    });
}

function table(pruned: readonly Pruned[]): string {
  const rows = pruned.map(({ kind, name, size, reason }) => [
    kind,
    name,
    size === null ? '-' : formatBytes(size),
    reason,
  ]);
  return renderTable(['KIND', 'NAME', 'SIZE', 'REASON'], rows);
}

function summary(pruned: readonly Pruned[], dryRun: boolean): string {
  if (pruned.length === 0) return 'There is nothing to remove.';
  const size = pruned.reduce((sum, one) => sum + (one.size ?? 0), 0);
  const what = `${pruned.length} ${pruned.length === 1 ? 'thing' : 'things'}${size > 0 ? `, at most ${formatBytes(size)} of images` : ''}`;
  return dryRun ? `Would be removed: ${what}.` : `Removed: ${what}.`;
}

function parseAge(text: string): number {
  const seconds = parseSeconds(text);
  if (seconds !== undefined) return seconds;
  throw new UsageError(`--older-than: an age such as 90m, 12h or 7d, not ${text}`);
}
