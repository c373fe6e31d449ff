import { Command } from 'commander';
import { findExecTarget, findExecTargets } from '../../cluster/exec-target.ts';
import { UsageError } from '../../errors.ts';
import { addClusterOption, clusterAsked, colorWanted } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { absentStatus, jsonFromAll, linesFromAll, runOnNode, warnAbsent } from '../run-on-nodes.ts';

type Variables = Readonly<Record<string, string>>;

interface ExecFlags {
  readonly all?: boolean;
  readonly json?: boolean;
  readonly interactive?: boolean;
  readonly tty?: boolean;
  readonly env?: Variables;
  readonly workdir?: string;
}

const details = `
All that follows NODE belongs to the command, untouched.

\`exec --all\` runs the command on all nodes of the cluster side by side, sixteen at once. Each line that it prints is put behind the
node's name; stdout and stderr stay apart, stdin is empty. The exit status is the highest; a node whose host cannot be reached counts
as 125. A signal goes to all of them. With \`--json\`, the result is a list with \`node\`, \`status\`, \`stdout\` and \`stderr\` of each.

\`gnt-*\` commands work on every node: on one that is not the master they ask the master, where real Ganeti refuses. \`exec\`
sets \`VCLUSTER_BOX_FOLLOW_MASTER=1\` for it; \`-e VCLUSTER_BOX_FOLLOW_MASTER=0\` leaves Ganeti as it is, and so does
\`docker exec CONTAINER /srv/vcluster/NODE/cmd\`. There, a single argument is a line for the shell, as with upstream's
\`cmd\`.
`;

/** `vcluster-box exec NODE COMMAND [ARG...]`: all that follows NODE belongs to COMMAND, whose exit status becomes ours. */
export function execCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('exec')), details)
    .description('run a command on a virtual node, or on all; its exit status becomes ours')
    .usage('[options] <node>|--all <command> [arg...]')
    .argument('[node]', 'name of the node, short or full; none with --all')
    .argument('[command...]', 'the command and its arguments, handed on as they are')
    .option('--all', 'on all nodes, at the same time')
    .option('-i, --interactive', 'give the command our stdin; it is empty otherwise')
    .option('-t, --tty', 'give the command a terminal')
    .option('-e, --env <name=value>', 'set a variable for the command (may be repeated)', addVariable)
    .option('-w, --workdir <directory>', 'the directory to run it in')
    .option('--json', 'with --all: the results as JSON')
    .passThroughOptions()
    .action(async (_node: unknown, _words: unknown, flags: ExecFlags, command: Command) => {
      const run = flags.all ? runOnAll : runOnOne;
      context.setStatus(await run(context, flags, command));
    });
}

async function runOnOne(context: CliContext, flags: ExecFlags, command: Command): Promise<number> {
  const [nodeName, ...words] = command.args;
  if (nodeName === undefined) throw new UsageError('no node was named', { hint: 'vcluster-box exec NODE COMMAND' });
  if (flags.json) throw new UsageError("--json is for --all: without it, the output is the command's own");
  checkTerminal(context, flags);
  const argv = words[0] === '--' ? words.slice(1) : words;
  if (argv.length === 0)
    throw new UsageError('no command was given', { hint: `vcluster-box exec ${nodeName} gnt-node list` });
  const target = await findExecTarget(await context.engine(), clusterAsked(command, context), nodeName);
  const { tty = false, interactive = false } = flags;
  return runOnNode(context, target, { ...toCommand(argv, flags), tty, interactive });
}

async function runOnAll(context: CliContext, flags: ExecFlags, command: Command): Promise<number> {
  const { args: argv } = command;
  if (flags.interactive || flags.tty) {
    throw new UsageError('--all gives commands neither stdin nor a terminal', { hint: 'leave out -i and -t' });
  }
  if (argv.length === 0) throw new UsageError('no command was given', { hint: 'vcluster-box exec --all uptime' });
  const { targets, absent } = await findExecTargets(await context.engine(), clusterAsked(command, context));
  const [first] = argv;
  if ([...targets, ...absent].some(({ names }) => names.some((name) => name === first))) {
    throw new UsageError(`name a node (${first ?? ''}) or say --all, not both`);
  }
  const how = { command: toCommand(argv, flags), color: colorWanted(command, context) };
  warnAbsent(context, absent);
  const status = await (flags.json
    ? jsonFromAll(context, { targets, absent }, how)
    : linesFromAll(context, targets, how));
  return absent.length === 0 ? status : Math.max(status, absentStatus);
}

function toCommand(argv: readonly string[], { env = {}, workdir }: ExecFlags) {
  return { argv, env, ...(workdir !== undefined && { cwd: workdir }) };
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
