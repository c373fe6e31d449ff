import { Command } from 'commander';
import { addClusterOption, addCommonOptions, rendererFor } from './common-options.ts';
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
import { pauseCommand, restartCommand, startCommand, stopCommand, unpauseCommand } from './commands/lifecycle.ts';
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
import type { CliContext } from './context.ts';
import { addDetails, helpFormat, maxHelpWidth } from './help.ts';
import type { Renderer } from '../ui/plain.ts';

const details = `
\`vcluster-box COMMAND --help\` has all options of a command.

Options that are listed here may stand before the command's name or after it; what stands nearer to the command counts.

## Which cluster

\`-c NAME\`, else \`VCLUSTER_BOX_CLUSTER\`, else the only cluster that there is, else the one called \`vcluster\`. \`up\` without
a name means \`vcluster\`.

## Output

stdout is the result, stderr the story: progress, warnings and errors go to stderr, so the result can be piped. Where a
command has \`--json\`, its result is for programs.

\`--progress auto\` draws a list on a terminal, and prints lines elsewhere; \`json\` prints one event a line, with its time.

## Exit status

- 0: done
- 1: \`status\`: something is down; \`doctor\`: something fails
- 2: bad usage: an unknown option, a value that cannot be
- 70: a bug in vcluster-box, shown with its stack
- 125: a failure that was foreseen; the message says what went wrong and, after \`hint:\`, what to do about it
- 129: ended by SIGHUP
- 130: ended by SIGINT (Ctrl-C)
- 141: whoever read the output stopped reading
- 143: ended by SIGTERM
- any: \`exec\`: the command's own

## Which engine

\`DOCKER_HOST\`; else the current docker context; else the first that answers of the usual sockets, the rootless ones
included. When none does, the message says what was tried.

\`DOCKER_HOST\`, or the context, may name an engine on another machine: \`ssh://[USER@]HOST[:PORT][/SOCKET]\` forwards that engine's
socket (\`/var/run/docker.sock\`) by OpenSSH, so your ssh configuration, keys, agent and known hosts hold, and nothing but sshd
is needed there. ssh cannot ask anything meanwhile: \`ssh HOST true\` must work without questions. With \`tcp://HOST:2376\`,
\`DOCKER_TLS_VERIFY\` and \`DOCKER_CERT_PATH\` are as for docker. What is published on 127.0.0.1 is then on that machine:
\`--rapi ADDRESS:PORT\` chooses another address.
`;

/**
 * The whole command line.
 *
 * @param setRenderer is called with the renderer that the options select, before a command runs
 */
export function buildProgram(context: CliContext, setRenderer: (renderer: Renderer) => void): Command {
  const program = addCommonOptions(addClusterOption(new Command('vcluster-box')))
    .description('A whole Ganeti cluster in a container, from one command.')
    .version(context.version, '--version', 'print the version')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .exitOverride()
    .configureHelp(helpFormat)
    .configureOutput({
      getOutHelpWidth: () => helpWidth(context),
      getErrHelpWidth: () => helpWidth(context),
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
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

function helpWidth({ terminal }: CliContext): number {
  return Math.min(terminal.size()?.columns ?? 80, maxHelpWidth);
}

/** In the order of the help. */
function commands(context: CliContext): readonly Command[] {
  return [
    upCommand,
    downCommand,
    startCommand,
    stopCommand,
    restartCommand,
    pauseCommand,
    unpauseCommand,
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
  ].map((make) => make(context));
}

/** Adds a command and those below it, all of which get the program's manners and common options. */
function addCommand(parent: Command, command: Command): void {
  const own = command.commands;
  addManners(parent, command);
  for (const child of own) addManners(command, child);
  parent.addCommand(command);
}

function addManners(parent: Command, command: Command): void {
  command.copyInheritedSettings(parent);
  // One that only has commands below it does nothing itself.
  if (command.commands.length === 0 || command.registeredArguments.length > 0) addCommonOptions(command);
  const path = [...pathOf(parent), command.name()].join(' ');
  command.showHelpAfterError(`hint: ${path} --help`);
}

function pathOf(command: Command): readonly string[] {
  return command.name() === 'vcluster-box' ? ['vcluster-box'] : ['vcluster-box', command.name()];
}
