import { Option, type Command } from 'commander';
import type { CliEnvironment } from './context.ts';

interface CommonFlags {
  readonly cluster: string;
  readonly progress: 'auto' | 'plain' | 'json';
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
}

/** Heading of the options that every command has. */
export const everyCommand = 'Common options:';

/** Options that can stand before or after the command's name. */
export function addCommonOptions(command: Command): Command {
  const options = [
    new Option('--progress <how>', 'progress output (default: auto)').choices(['auto', 'plain', 'json']),
    new Option('-q, --quiet', 'show only warnings and results'),
    new Option('-v, --verbose', 'also show the output of tools'),
    new Option('--no-color', 'disable colors (also: NO_COLOR)'),
  ];
  for (const option of options) command.addOption(option.helpGroup(everyCommand));
  return command;
}

export function addClusterOption(command: Command): Command {
  return command.option('-c, --cluster <name>', 'the cluster (also: VCLUSTER_BOX_CLUSTER)');
}

/**
 * The cluster that `-c`, before or after the command's name, or the environment names.
 *
 * @returns `undefined` if none is named
 */
export function requestedCluster(command: Command, { env }: Pick<CliEnvironment, 'env'>): string | undefined {
  const fromEnvironment = env['VCLUSTER_BOX_CLUSTER'];
  return given(command, 'cluster') ?? (fromEnvironment === '' ? undefined : fromEnvironment);
}

/** Whether colors are allowed on a terminal. */
export function colorAllowed(command: Command, { env }: Pick<CliEnvironment, 'env'>): boolean {
  return (given(command, 'color') ?? true) && (env['NO_COLOR'] ?? '') === '';
}

/** Whether results on stdout get colors. */
export function usesColor(command: Command, environment: Pick<CliEnvironment, 'env' | 'terminal'>): boolean {
  return colorAllowed(command, environment) && environment.terminal.stdout && environment.env['TERM'] !== 'dumb';
}

export function isQuiet(command: Command): boolean {
  return given(command, 'quiet') ?? false;
}

/** The option nearest to the command wins; commander's `optsWithGlobals` prefers the outermost one. */
export function given<Name extends keyof CommonFlags>(command: Command, name: Name): CommonFlags[Name] | undefined {
  const source = command.getOptionValueSource(name);
  if (source !== undefined && source !== 'default') return command.getOptionValue(name) as CommonFlags[Name];
  return command.parent === null ? undefined : given(command.parent, name);
}

/** For a repeatable option. */
export function addToList(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
