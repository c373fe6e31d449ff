import { Command } from 'commander';
import { copy } from '../../cluster/copy/copy.ts';
import { type Endpoint, parseEndpoints } from '../../cluster/copy/endpoint.ts';
import { OutputClosedError, UsageError } from '../../errors.ts';
import { addClusterOption, clusterAsked } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { interruptible } from '../interruptible.ts';

interface CpFlags {
  readonly json?: boolean;
  readonly skipLinks?: boolean;
}

const details = `
SRC and DST are \`NODE:PATH\`, a local path, or \`-\` for a tar stream on stdin or stdout; at least one is on a node. A PATH that
begins with \`/\` is that path as \`exec\` sees it; any other is below the node's directory (\`GANETI_ROOTDIR\`):
\`node1:var/log/ganeti\`. What has a slash before its first colon is a local file: \`./a:b\`.

Directories are copied with all that is in them, by the rules of \`docker cp\`:

- DST is a directory: SRC goes into it, under its own name
- DST is a file: the file SRC replaces it, at once
- DST is not there: SRC is copied to that name; the directory above must be there
- DST ends with \`/\`: it must be a directory; it is made for a directory only
- SRC ends with \`/.\`: what is in SRC goes into DST
- SRC is \`-\`: the tar stream is unpacked in DST, which must be a directory
- DST is \`-\`: SRC is written as a tar stream

A SRC that is a symbolic link is followed; links below it are copied as links. Directories that are there keep what is in them,
their owner and their mode. Modes and times are copied, but not the set-user-ID, set-group-ID and sticky bits. Copies on nodes
belong to root, local ones to you. Sockets are left out.

Either all is copied or nothing: it is unpacked in a hidden directory in the target, and then moved. Only in a cluster that
does not run can a copy that the engine breaks off, on a full disk for instance, leave a part.

Refused are names that are absolute, climb (\`..\`) or are not UTF-8, links that lead out of what is copied, and devices and
pipes, in tar streams, too. A node's \`etc/ganeti\` has two such links, into \`/usr\`:

    vcluster-box cp --skip-links node1: ./node1

It works on a stopped cluster, too. \`/proc\`, \`/dev\` and whatever else is mounted in the slice cannot be copied.
`;

/** `vcluster-box cp SRC DST`. */
export function cpCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('cp')), details)
    .description('copy files and directories to, from and between nodes')
    .argument('<src>', 'NODE:PATH, a local path, or - for a tar stream on stdin')
    .argument('<dst>', 'NODE:PATH, a local path, or - for a tar stream on stdout')
    .option('--skip-links', 'leave out symbolic links that lead out of what is copied, with a warning each')
    .option('--json', 'print how much was copied, as JSON')
    .action(async (src: string, dst: string, flags: CpFlags, command: Command) => {
      const [source, destination] = parseEndpoints(src, dst);
      checkStreams(context, source, destination, flags);
      const engine = await context.engine();
      const request = {
        cluster: clusterAsked(command, context),
        source,
        destination,
        skipLinks: flags.skipLinks === true,
      };
      try {
        const copied = await interruptible(context.signals, 'interrupted; nothing was copied', (signal) =>
          copy(engine, request, { ...context, signal }),
        );
        if (flags.json) await context.print(JSON.stringify(copied, null, 2));
      } catch (error) {
        if (!(error instanceof OutputClosedError)) throw error;
        context.setStatus(error.exitCode);
      }
    });
}

function checkStreams({ terminal }: CliContext, source: Endpoint, destination: Endpoint, { json }: CpFlags): void {
  if (source.type === 'stream' && terminal.stdin) {
    throw new UsageError('the tar stream is to come from a terminal', {
      hint: 'tar c DIR | vcluster-box cp - NODE:PATH',
    });
  }
  if (destination.type !== 'stream') return;
  if (json) throw new UsageError('--json and a tar stream cannot both be written to stdout');
  if (!terminal.stdout) return;
  throw new UsageError('a tar stream is not for a terminal', { hint: 'vcluster-box cp NODE:PATH - | tar tv' });
}
