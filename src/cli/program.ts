import { Command } from 'commander';
import { addClusterOption, addCommonOptions, colorAllowed, given, isQuiet } from './common-options.ts';
import { cpCommand } from './commands/cp.ts';
import { completeCommand, completionCommand } from './commands/completion.ts';
import { configCommand } from './commands/config.ts';
import { doctorCommand } from './commands/doctor.ts';
import { downCommand } from './commands/down.ts';
import { execCommand } from './commands/exec.ts';
import { imageCommand } from './commands/image.ts';
import { infoCommand } from './commands/info.ts';
import { logsCommand } from './commands/logs.ts';
import { lsCommand } from './commands/ls.ts';
import { lifecycleCommands } from './commands/lifecycle.ts';
import { shellCommand } from './commands/shell.ts';
import { portCommand } from './commands/port.ts';
import { masterFailoverCommand } from './commands/master-failover.ts';
import { nodeCommand } from './commands/node.ts';
import { pruneCommand } from './commands/prune.ts';
import { qaCommand } from './commands/qa.ts';
import { statusCommand } from './commands/status.ts';
import { upCommand } from './commands/up.ts';
import { versionCommand } from './commands/version.ts';
import { watcherCommand } from './commands/watcher.ts';
import { escapeControl } from '../format.ts';
import type { CliContext, CliEnvironment } from './context.ts';
import { addDetails, helpFormat, maxHelpWidth } from './help.ts';
import type { Renderer } from '../ui/plain.ts';
import { selectRenderer } from '../ui/renderer.ts';

const details = `
Run \`vcluster-box COMMAND --help\` for all options of a command.

The common options can stand before or after the command's name; the one nearest to the command wins.

## Which cluster

\`-c NAME\`, otherwise \`VCLUSTER_BOX_CLUSTER\`, otherwise the only existing cluster, otherwise the cluster \`vcluster\`. \`up\` without a
name always means \`vcluster\`.

## Output

Results go to stdout; progress, warnings and errors go to stderr. With \`--json\`, the result is JSON. A result that cannot be
written is an error. Progress that cannot be written is lost, and the work goes on.

\`--progress auto\` draws a list of steps on a terminal and prints lines elsewhere; \`json\` prints one event with its time per line.

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

\`DOCKER_HOST\`, otherwise the current docker context, otherwise the first of the usual sockets that answers, including those of
rootless engines. If no engine answers, the message lists what was tried. An engine that does not
answer a request within 30 seconds, or within 5 minutes if the request changes something, is reported as an error. If Docker's \`config.json\`
cannot be read, a warning says so and the usual sockets are tried. The path in \`unix://PATH\` is taken as it is.

\`DOCKER_HOST\` or the context can name an engine on another machine. \`ssh://[USER@]HOST[:PORT][/SOCKET]\` forwards that engine's socket
(\`/var/run/docker.sock\`) with OpenSSH, so your ssh configuration, keys, agent and known hosts apply, and the machine needs only sshd.
ssh cannot ask for anything: \`ssh HOST true\` must work without prompts. For \`tcp://HOST:2376\`, \`DOCKER_TLS_VERIFY\` and
\`DOCKER_CERT_PATH\` work as for docker. Ports published on 127.0.0.1 are then on that machine: use \`--rapi ADDRESS:PORT\` for another
address.
`;

/**
 * The whole command line.
 *
 * @param setRenderer is called with the renderer that the options select, before a command runs
 */
export function buildProgram(context: CliContext, setRenderer: (renderer: Renderer) => void): Command {
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
  for (const command of commands(context)) addCommand(program, command);
  program.addCommand(completeCommand(context).copyInheritedSettings(program), { hidden: true });
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

/** In the order of the help. */
function commands(context: CliContext): readonly Command[] {
  return [
    upCommand,
    downCommand,
    lifecycleCommands,
    execCommand,
    shellCommand,
    cpCommand,
    logsCommand,
    watcherCommand,
    lsCommand,
    statusCommand,
    infoCommand,
    portCommand,
    nodeCommand,
    masterFailoverCommand,
    configCommand,
    imageCommand,
    qaCommand,
    doctorCommand,
    pruneCommand,
    completionCommand,
    versionCommand,
  ].flatMap((make) => make(context));
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
