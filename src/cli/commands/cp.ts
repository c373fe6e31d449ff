import { Command } from 'commander';
import { copy } from '../../cluster/copy/copy.ts';
import { type CopyEnd, parseCopyEnds } from '../../cluster/copy/copy-end.ts';
import { UsageError } from '../../errors.ts';
import { addClusterOption, requestedCluster } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { interruptible } from '../interruptible.ts';

interface CpFlags {
  readonly json?: boolean;
  readonly skipLinks?: boolean;
}

const details = `
SRC and DST are \`NODE:PATH\`, a local path, or \`-\` for a tar stream on stdin or stdout; at least one of them is on a
node. A PATH that begins with \`/\` is the path that \`exec\` sees; any other PATH is relative to the node's directory
(\`GANETI_ROOTDIR\`): \`node1:var/log/ganeti\`. A local path with a colon needs a slash before it: \`./a:b\`.

Directories are copied recursively, by the rules of \`docker cp\`:

- DST is a directory: SRC is copied into it and keeps its name
- DST is a file: the file SRC replaces it atomically
- DST does not exist: SRC is copied to that name; the parent directory must exist
- DST ends with \`/\`: it must be a directory, and is created only if SRC is a directory
- SRC ends with \`/.\`: the contents of SRC are copied into DST
- SRC is \`-\`: the tar stream is extracted into DST, which must be a directory
- DST is \`-\`: SRC is written as a tar stream

If SRC or DST itself is a symbolic link, it is followed. Links below SRC are copied as links, and links below DST are
replaced or refused, but not followed. Existing directories keep their contents, owner and mode. Modes and times are
copied, except for the set-user-ID, set-group-ID and sticky bits. Copies on nodes belong to root, local copies to you.
Sockets are skipped.

Copying is all or nothing: files are extracted to a hidden directory in the target and then moved. The exception is a
stopped cluster, where a copy that the engine aborts, for example on a full disk, can leave a part. A killed copy leaves
nothing in a running cluster. It can leave the hidden directory, \`.vcluster-box-cp-*\`, in a local target, or in a
slice that was killed too; the next copy into the same directory removes it if it has not changed for an hour.

Names that are absolute, contain \`..\` or are not UTF-8, links that point outside the copied tree, devices and pipes
are refused, also in tar streams. A node's \`etc/ganeti\` contains two such links, into \`/usr\`:

    vcluster-box cp --skip-links node1: ./node1

Zeros become holes as they are written, so a sparse file stays sparse and never takes its full size. It is still read
and sent in full: the engine cannot transfer holes. In a stopped cluster only the engine can write, and it writes holes
as data. The command then says beforehand how much that is.

Copying works on a stopped cluster too. \`/proc\`, \`/dev\` and other mounts of the slice cannot be copied.
`;

/** `vcluster-box cp SRC DST`. */
export function cpCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('cp')), details)
    .description('copy files and directories to, from and between nodes')
    .argument('<src>', 'NODE:PATH, a local path, or - for a tar stream on stdin')
    .argument('<dst>', 'NODE:PATH, a local path, or - for a tar stream on stdout')
    .option('--skip-links', 'skip symbolic links that point outside the copied tree, with a warning for each')
    .option('--json', 'print what was copied as JSON')
    .action(async (src: string, dst: string, flags: CpFlags, command: Command) => {
      const [source, destination] = parseCopyEnds(src, dst);
      checkStreams(context, source, destination, flags);
      const engine = await context.engine();
      const request = {
        cluster: requestedCluster(command, context),
        source,
        destination,
        skipLinks: flags.skipLinks === true,
      };
      const copied = await interruptible(context.signals, 'interrupted; nothing was copied', (signal) =>
        copy(engine, request, { ...context, signal }),
      );
      if (flags.json) await context.print(JSON.stringify(copied, null, 2));
    });
}

function checkStreams({ terminal }: CliContext, source: CopyEnd, destination: CopyEnd, { json }: CpFlags): void {
  if (source.type === 'stream' && terminal.stdin) {
    throw new UsageError('cannot read a tar stream from a terminal', {
      hint: 'tar c DIR | vcluster-box cp - NODE:PATH',
    });
  }
  if (destination.type !== 'stream') return;
  if (json) throw new UsageError('--json cannot be combined with a tar stream on stdout');
  if (!terminal.stdout) return;
  throw new UsageError('cannot write a tar stream to a terminal', { hint: 'vcluster-box cp NODE:PATH - | tar tv' });
}
