import { PassThrough } from 'node:stream';
import type { Command } from 'commander';
import { buildProgram } from '../../src/cli/program.ts';
import { fakeSignals } from './fake-signals.ts';

/** The whole command line, for inspection only. */
export function testProgram(): Promise<Command> {
  const never = () => Promise.reject(new Error('no command is to be run'));
  const context = {
    stdin: () => new PassThrough(),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    env: {},
    home: '/nonexistent',
    version: '0.0.0',
    engine: never,
    connect: never,
    addressOf: never,
    signals: fakeSignals(),
    terminal: {
      stdin: false,
      stdout: false,
      stderr: false,
      setRawMode: () => undefined,
      size: () => undefined,
      onResize: () => () => undefined,
    },
    now: () => new Date(0),
    report: () => undefined,
    print: never,
    setStatus: () => undefined,
    observeRequests: () => undefined,
    stateDirectory: '/nonexistent',
  };
  return buildProgram(context, [], () => undefined);
}

/** A command's own words after the program's name: `image build`. */
export function pathOf(command: Command): string {
  return command.parent?.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

/** Commands with an action, except hidden ones: not the commands that only contain others. */
export function leafCommands(command: Command): readonly Command[] {
  const { commands } = command;
  if (commands.length === 0) return [command];
  return visibleCommands(command).flatMap(leafCommands);
}

/** The subcommands of a command, in the order of its help. */
export function visibleCommands(command: Command): readonly Command[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter(({ parent }) => parent === command)
    .filter((each) => each.name() !== 'help');
}
