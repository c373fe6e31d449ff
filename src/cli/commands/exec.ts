import { Command } from 'commander';
import { findExecTarget, findExecTargets } from '../../cluster/exec-target.ts';
import { UsageError } from '../../errors.ts';
import { addClusterOption, colorAllowed, requestedCluster } from '../common-options.ts';
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
Everything after NODE belongs to the command and is passed on unchanged. The command ends when \`exec\` is killed, and
when the cluster is stopped or removed; \`exec\` then reports this with exit status 125.

\`exec --all\` runs the command on all nodes of the cluster in parallel, on up to sixteen at once; nodes that
\`gnt-node remove\` has removed are left out. Each output line is prefixed with the name of the node; stdout and stderr
stay separate, stdin is empty. The exit status is the highest of all nodes; a node whose host cannot be reached counts
as 125. Signals are sent to all running commands. With \`--json\`, the result is a list with the \`node\`, \`status\`,
\`stdout\` and \`stderr\` of each node.

\`gnt-*\` commands work on every node: on a node that is not the master, they ask the master, where plain Ganeti
refuses. \`exec\` sets \`VCLUSTER_BOX_FOLLOW_MASTER=1\` for this; \`-e VCLUSTER_BOX_FOLLOW_MASTER=0\` restores Ganeti's
behaviour, and so does \`docker exec CONTAINER /srv/vcluster/NODE/cmd\`, which treats a single argument as a shell
command line, like the original \`cmd\`.
`;

/** `vcluster-box exec NODE COMMAND [ARG...]`: everything after NODE belongs to COMMAND; returns its exit status. */
export function execCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('exec')), details)
    .description('run a command on one or all nodes and return its exit status')
    .usage('[options] <node>|--all <command> [arg...]')
    .argument('[node]', 'name of the node, short or full; omitted with --all')
    .argument('[command...]', 'the command and its arguments, passed on unchanged')
    .option('--all', 'run the command on all nodes in parallel')
    .option('-i, --interactive', 'pass stdin to the command (default: empty)')
    .option('-t, --tty', 'allocate a terminal for the command')
    .option('-e, --env <name=value>', 'set a variable for the command (can be repeated)', addVariable)
    .option('-w, --workdir <directory>', 'working directory')
    .option('--json', 'print JSON (only with --all)')
    .passThroughOptions()
    .action(async (_node: unknown, _words: unknown, flags: ExecFlags, command: Command) => {
      const run = flags.all ? runOnAll : runOnOne;
      context.setStatus(await run(context, flags, command));
    });
}

async function runOnOne(context: CliContext, flags: ExecFlags, command: Command): Promise<number> {
  const [nodeName, ...words] = command.args;
  if (nodeName === undefined) throw new UsageError('missing node', { hint: 'vcluster-box exec NODE COMMAND' });
  if (flags.json) throw new UsageError('--json requires --all');
  checkTerminal(context, flags);
  const argv = words[0] === '--' ? words.slice(1) : words;
  if (argv.length === 0)
    throw new UsageError('missing command', { hint: `vcluster-box exec ${nodeName} gnt-node list` });
  const target = await findExecTarget(await context.engine(), requestedCluster(command, context), nodeName);
  const { tty = false, interactive = false } = flags;
  return runOnNode(context, target, { ...toCommand(argv, flags), tty, interactive });
}

async function runOnAll(context: CliContext, flags: ExecFlags, command: Command): Promise<number> {
  const { args: argv } = command;
  if (flags.interactive || flags.tty) {
    throw new UsageError('-i and -t cannot be combined with --all', {
      hint: 'commands on all nodes have neither stdin nor a terminal',
    });
  }
  if (argv.length === 0) throw new UsageError('missing command', { hint: 'vcluster-box exec --all uptime' });
  const { targets, absent } = await findExecTargets(await context.engine(), requestedCluster(command, context));
  const [first] = argv;
  if ([...targets, ...absent].some(({ names }) => names.some((name) => name === first))) {
    throw new UsageError(`a node name (${first ?? ''}) and --all exclude each other`);
  }
  const how = { command: toCommand(argv, flags), color: colorAllowed(command, context) };
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
  throw new UsageError(`-t requires a terminal, but ${which} is not one`, { hint: 'omit -t' });
}

function addVariable(text: string, before: Variables = {}): Variables {
  const end = text.indexOf('=');
  if (end < 1) throw new UsageError(`-e ${text}: expected NAME=VALUE`);
  return { ...before, [text.slice(0, end)]: text.slice(end + 1) };
}
