import { Command } from 'commander';
import { execOnNode } from '../../cluster/exec.ts';
import { findExecTarget } from '../../cluster/exec-target.ts';
import type { ExecStreams } from '../../engine/engine.ts';
import { UsageError } from '../../errors.ts';
import { addClusterOption, clusterAsked } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../details.ts';

type Variables = Readonly<Record<string, string>>;

interface ExecFlags {
  readonly interactive?: boolean;
  readonly tty?: boolean;
  readonly env?: Variables;
  readonly workdir?: string;
}

const details = `
All that follows NODE belongs to the command, untouched.

\`gnt-*\` commands work on every node: on one that is not the master they ask the master, where real Ganeti refuses. \`exec\`
sets \`VCLUSTER_BOX_FOLLOW_MASTER=1\` for it; \`-e VCLUSTER_BOX_FOLLOW_MASTER=0\` leaves Ganeti as it is, and so does
\`docker exec CONTAINER /srv/vcluster/NODE/cmd\`. There, a single argument is a line for the shell, as with upstream's
\`cmd\`.
`;

/** `vcluster-box exec NODE COMMAND [ARG...]`: all that follows NODE belongs to COMMAND, whose exit status becomes ours. */
export function execCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('exec')), details)
    .description('run a command on a virtual node; its exit status becomes ours')
    .usage('[options] <node> <command> [arg...]')
    .argument('<node>', 'name of the node, short or full')
    .argument('<command...>', 'the command and its arguments, handed on as they are')
    .option('-i, --interactive', 'give the command our stdin; it is empty otherwise')
    .option('-t, --tty', 'give the command a terminal')
    .option('-e, --env <name=value>', 'set a variable for the command (may be repeated)', addVariable)
    .option('-w, --workdir <directory>', 'the directory to run it in')
    .passThroughOptions()
    .action(async (nodeName: string, words: string[], flags: ExecFlags, command: Command) => {
      checkTerminal(context, flags);
      const argv = words[0] === '--' ? words.slice(1) : words;
      if (argv.length === 0)
        throw new UsageError('no command was given', { hint: `vcluster-box exec ${nodeName} gnt-node list` });
      const engine = await context.engine();
      const target = await findExecTarget(engine, clusterAsked(command, context), nodeName);
      const asked = toCommand(argv, flags, context);
      const run = () => execOnNode(engine, target, asked, streamsFor(context, flags), context.signals);
      context.setStatus(await (flags.tty && flags.interactive ? inRawMode(context, run) : run()));
    });
}

function toCommand(argv: readonly string[], { env = {}, tty, workdir }: ExecFlags, { terminal }: CliContext) {
  const size = tty ? terminal.size() : undefined;
  return {
    argv,
    env,
    tty: tty === true,
    ...(workdir !== undefined && { cwd: workdir }),
    ...(size !== undefined && { size }),
  };
}

function streamsFor({ stdin, stdout, stderr, terminal }: CliContext, { interactive, tty }: ExecFlags): ExecStreams {
  return {
    stdout,
    stderr,
    ...(interactive && { stdin }),
    ...(tty && { onResize: terminal.onResize }),
  };
}

/** Every key goes to the command as it is, Ctrl-C too. */
async function inRawMode<T>({ terminal }: CliContext, run: () => Promise<T>): Promise<T> {
  terminal.setRawMode(true);
  try {
    return await run();
  } finally {
    terminal.setRawMode(false);
  }
}

function checkTerminal({ terminal }: CliContext, { tty, interactive }: ExecFlags): void {
  if (!tty || (terminal.stdout && (terminal.stdin || !interactive))) return;
  const which = terminal.stdout ? 'stdin' : 'stdout';
  throw new UsageError(`-t needs a terminal, and ${which} is none`, { hint: 'leave out -t' });
}

function addVariable(text: string, before: Variables = {}): Variables {
  const end = text.indexOf('=');
  if (end < 1) throw new UsageError(`-e ${text}: not of the form NAME=VALUE`);
  return { ...before, [text.slice(0, end)]: text.slice(end + 1) };
}
