import { Command } from 'commander';
import { addClusterOption, addCommonOptions, colorAllowed, given, isQuiet } from './common-options.ts';
import { escapeControl } from '../format.ts';
import type { CliContext, CliEnvironment } from './context.ts';
import { readTypedLine } from './completion/typed-line.ts';
import { addDetails, helpFormat, maxHelpWidth } from './help.ts';
import type { Renderer } from '../ui/plain.ts';
import { selectRenderer } from '../ui/renderer.ts';

const details = `
Run \`vcluster-box COMMAND --help\` for all options of a command.

The common options can stand before or after the command's name; the one nearest to the command wins.

## Which cluster

\`-c NAME\`, otherwise \`VCLUSTER_BOX_CLUSTER\`, otherwise the only existing cluster, otherwise the cluster
\`vcluster\`. \`up\` without a name always means \`vcluster\`.

## Output

Results go to stdout; progress, warnings and errors go to stderr. With \`--json\`, the result is JSON. A result that
cannot be written is an error. Progress that cannot be written is lost, and the work goes on.

\`--progress auto\` draws a list of steps on a terminal and prints lines elsewhere; \`json\` prints one event with its
time per line.

## Exit status

- 0: success
- 1: \`status\`: something is down; \`doctor\`: a check failed; \`watcher\`: it failed on a node; \`qa\`: a test failed
- 2: usage error: an unknown option, an invalid value
- 70: a bug in vcluster-box, shown with a stack trace
- 125: failure; the message says what went wrong and, after \`hint:\`, what to do about it
- 129: interrupted by SIGHUP
- 130: interrupted by SIGINT (Ctrl-C)
- 141: the reader closed the output
- 143: interrupted by SIGTERM
- other: the exit status of the command that \`exec\` or \`shell\` ran

## Which engine

\`DOCKER_HOST\`, otherwise the current docker context, otherwise the first of the usual sockets that answers, including
those of rootless engines. If no engine answers, the message lists what was tried. An engine that does not answer a
request within 30 seconds, or within 5 minutes if the request changes something, is reported as an error. If Docker's
\`config.json\` cannot be read, a warning says so and the usual sockets are tried. The path in \`unix://PATH\` is taken
as it is.

\`DOCKER_HOST\` or the context can name an engine on another machine. \`ssh://[USER@]HOST[:PORT][/SOCKET]\` forwards
that engine's socket (\`/var/run/docker.sock\`) with OpenSSH, so your ssh configuration, keys, agent and known hosts
apply, and the machine needs only sshd. ssh cannot ask for anything: \`ssh HOST true\` must work without prompts. For
\`tcp://HOST:2376\`, \`DOCKER_TLS_VERIFY\` and \`DOCKER_CERT_PATH\` work as for docker. Ports published on 127.0.0.1 are
then on that machine: use \`--rapi ADDRESS:PORT\` for another address.
`;

/**
 * The command line.
 *
 * @param args has only the command that these arguments name, if they name one
 * @param setRenderer is called with the renderer that the options select, before a command runs
 */
export async function buildProgram(
  context: CliContext,
  args: readonly string[],
  setRenderer: (renderer: Renderer) => void,
): Promise<Command> {
  const program = addCommonOptions(addClusterOption(new Command('vcluster-box')))
    .description('Runs Ganeti clusters in Docker containers.')
    .version(context.version, '--version', 'print the version')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .exitOverride()
    .configureHelp(helpFormat)
    .configureOutput({
      getOutHelpWidth: () => helpWidth(context),
      getErrHelpWidth: () => helpWidth(context),
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(escapeControl(text)),
    });
  const completes = args[0] === '__complete';
  const words = completes ? args.slice(2, -1) : args;
  for (const command of await loadCommands(program, context, words)) addCommand(program, command);
  if (completes) {
    const { completeCommand } = await import('./commands/completion.ts');
    program.addCommand(completeCommand(context).copyInheritedSettings(program), { hidden: true });
  }
  addDetails(program, details);
  program.showHelpAfterError('hint: vcluster-box --help');
  program.hook('preAction', (_program, command) => {
    setRenderer(rendererFor(command, context));
  });
  return program;
}

function rendererFor(command: Command, environment: CliEnvironment): Renderer {
  const { stderr, env, terminal, now } = environment;
  return selectRenderer(stderr, {
    progress: given(command, 'progress') ?? 'auto',
    quiet: isQuiet(command),
    verbose: given(command, 'verbose') ?? false,
    color: colorAllowed(command, environment),
    terminal: terminal.stderr && env['TERM'] !== 'dumb',
    now,
  });
}

function helpWidth({ terminal }: CliContext): number {
  return Math.min(terminal.size()?.columns ?? 80, maxHelpWidth);
}

type MakeCommands = (context: CliContext) => Command | readonly Command[];

/** The commands in the order of the help, and the file that makes them. */
const files: readonly (readonly [names: string, load: () => Promise<MakeCommands>])[] = [
  ['up', () => import('./commands/up.ts').then((file) => file.upCommand)],
  ['down', () => import('./commands/down.ts').then((file) => file.downCommand)],
  ['start stop restart pause unpause', () => import('./commands/lifecycle.ts').then((file) => file.lifecycleCommands)],
  ['exec', () => import('./commands/exec.ts').then((file) => file.execCommand)],
  ['shell', () => import('./commands/shell.ts').then((file) => file.shellCommand)],
  ['cp', () => import('./commands/cp.ts').then((file) => file.cpCommand)],
  ['logs', () => import('./commands/logs.ts').then((file) => file.logsCommand)],
  ['sync', () => import('./commands/sync.ts').then((file) => file.syncCommand)],
  ['watcher', () => import('./commands/watcher.ts').then((file) => file.watcherCommand)],
  ['ls', () => import('./commands/ls.ts').then((file) => file.lsCommand)],
  ['status', () => import('./commands/status.ts').then((file) => file.statusCommand)],
  ['info', () => import('./commands/info.ts').then((file) => file.infoCommand)],
  ['port', () => import('./commands/port.ts').then((file) => file.portCommand)],
  ['node', () => import('./commands/node.ts').then((file) => file.nodeCommand)],
  ['master-failover', () => import('./commands/master-failover.ts').then((file) => file.masterFailoverCommand)],
  ['config', () => import('./commands/config.ts').then((file) => file.configCommand)],
  ['image', () => import('./commands/image.ts').then((file) => file.imageCommand)],
  ['qa', () => import('./commands/qa.ts').then((file) => file.qaCommand)],
  ['doctor', () => import('./commands/doctor.ts').then((file) => file.doctorCommand)],
  ['prune', () => import('./commands/prune.ts').then((file) => file.pruneCommand)],
  ['completion', () => import('./commands/completion.ts').then((file) => file.completionCommand)],
  ['version', () => import('./commands/version.ts').then((file) => file.versionCommand)],
];

/** Loads the command that the words name; all of them if they name none, as for help. */
async function loadCommands(program: Command, context: CliContext, words: readonly string[]) {
  const { operands, given: options } = readTypedLine(program, [...words, '']);
  if (operands.length === 0 && options.has('version')) return [];
  const named = files.filter(([names]) => names.split(' ').includes(operands[0] ?? ''));
  const makers = await Promise.all((named.length === 0 ? files : named).map(([, load]) => load()));
  return makers.flatMap((make) => make(context));
}

/** Adds a command and its subcommands with the program's settings and common options. */
function addCommand(parent: Command, command: Command): void {
  const own = command.commands;
  configure(parent, command);
  for (const child of own) configure(command, child);
  parent.addCommand(command);
}

function configure(parent: Command, command: Command): void {
  command.copyInheritedSettings(parent);
  // A command that only groups subcommands does nothing itself.
  if (command.commands.length === 0 || command.registeredArguments.length > 0) addCommonOptions(command);
  const path = [...pathOf(parent), command.name()].join(' ');
  command.showHelpAfterError(`hint: ${path} --help`);
}

function pathOf(command: Command): readonly string[] {
  return command.name() === 'vcluster-box' ? ['vcluster-box'] : ['vcluster-box', command.name()];
}
