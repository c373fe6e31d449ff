import { Option, type Command } from 'commander';
import type { Renderer } from '../ui/plain.ts';
import { selectRenderer } from '../ui/renderer.ts';
import type { World } from './context.ts';

interface CommonFlags {
  readonly cluster: string;
  readonly progress: 'auto' | 'plain' | 'json';
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
}

/** Heading in the help of options that each command has. */
export const everyCommand = 'For every command:';

/** Options of the program that may also stand after a command's name. */
export function addCommonOptions(command: Command): Command {
  const options = [
    new Option('--progress <how>', 'how to show progress (default: auto)').choices(['auto', 'plain', 'json']),
    new Option('-q, --quiet', 'show warnings and results only'),
    new Option('-v, --verbose', 'show what tools print, too'),
    new Option('--no-color', 'no colours (also: NO_COLOR)'),
  ];
  for (const option of options) command.addOption(option.helpGroup(everyCommand));
  return command;
}

export function addClusterOption(command: Command): Command {
  return command.option('-c, --cluster <name>', 'the cluster (also: VCLUSTER_BOX_CLUSTER)');
}

/**
 * The cluster that was named, before or after the command's name or in the environment.
 *
 * @returns `undefined` when none was
 */
export function clusterAsked(command: Command, { env }: Pick<World, 'env'>): string | undefined {
  const fromEnvironment = env['VCLUSTER_BOX_CLUSTER'];
  return given(command, 'cluster') ?? (fromEnvironment === '' ? undefined : fromEnvironment);
}

/** Whether colours are welcome where there is a terminal. */
export function colorWanted(command: Command, { env }: Pick<World, 'env'>): boolean {
  return (given(command, 'color') ?? true) && (env['NO_COLOR'] ?? '') === '';
}

export function rendererFor(command: Command, world: World): Renderer {
  const { stderr, env, terminal, now } = world;
  return selectRenderer(stderr, {
    progress: given(command, 'progress') ?? 'auto',
    quiet: isQuiet(command),
    verbose: given(command, 'verbose') ?? false,
    color: colorWanted(command, world),
    terminal: terminal.stderr && env['TERM'] !== 'dumb',
    now,
  });
}

/** Whether a result may have colours: on a terminal, unless nobody wants them. */
export function wantsColor(command: Command, world: Pick<World, 'env' | 'terminal'>): boolean {
  return colorWanted(command, world) && world.terminal.stdout && world.env['TERM'] !== 'dumb';
}

export function isQuiet(command: Command): boolean {
  return given(command, 'quiet') ?? false;
}

/** What is said nearest to the command counts; commander's own `optsWithGlobals` has it the other way round. */
function given<Name extends keyof CommonFlags>(command: Command, name: Name): CommonFlags[Name] | undefined {
  const source = command.getOptionValueSource(name);
  if (source !== undefined && source !== 'default') return command.getOptionValue(name) as CommonFlags[Name];
  return command.parent === null ? undefined : given(command.parent, name);
}

/** For an option that may be repeated. */
export function addToList(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
