import type { Argument, Command, Option } from 'commander';
import { knownLogs } from '../../cluster/logs/log-names.ts';
import { findOption, type TypedLine } from './typed-line.ts';

/** What is only known by asking the engine, or the shell. */
export type Source = 'clusters' | 'nodes' | 'nodes:' | 'images' | 'files';

export interface Suggestion {
  readonly value: string;
  readonly about?: string;
}

/** What could stand in the place of the word that is being typed. */
export interface Wish {
  readonly fixed: readonly Suggestion[];
  readonly sources: readonly Source[];
  /** the beginning of the word that is no part of the values: `--node=` */
  readonly before: string;
}

const nothing: Wish = { fixed: [], sources: [], before: '' };

/** What an argument or an option's value is, by the name that the help has for it. */
const bySubject: Readonly<Record<string, Partial<Wish>>> = {
  cluster: { sources: ['clusters'] },
  name: { sources: ['clusters'] },
  node: { sources: ['nodes'] },
  tag: { sources: ['images'] },
  file: { sources: ['files'] },
  os: { sources: ['files'] },
  directory: { sources: ['files'] },
  src: { sources: ['nodes:', 'files'] },
  dst: { sources: ['nodes:', 'files'] },
  port: { sources: ['nodes:'] },
  publish: { sources: ['nodes:'] },
  workdir: {},
  daemon: fixed(...knownLogs),
  command: fixed(
    ...['backup', 'cluster', 'debug', 'filter', 'group', 'instance', 'job', 'network', 'node', 'os', 'storage'].map(
      (name) => `gnt-${name}`,
    ),
  ),
  ganeti: fixed('3.0', '3.1'),
  restart: fixed('no', 'on-failure', 'unless-stopped', 'always'),
};

export function findWish(line: TypedLine): Wish {
  const { command, pending, word, operandsOnly } = line;
  if (pending !== undefined) return ofOption(pending);
  if (operandsOnly || !word.startsWith('-')) return ofOperand(line);
  const end = word.indexOf('=');
  if (end === -1) return { ...nothing, fixed: optionsOf(command) };
  const option = findOption(command, word.slice(0, end));
  return option === undefined ? nothing : { ...ofOption(option), before: word.slice(0, end + 1) };
}

function ofOption(option: Option): Wish {
  if (option.argChoices !== undefined) return { ...nothing, ...fixed(...option.argChoices) };
  return ofSubject(option.attributeName());
}

function ofOperand(line: TypedLine): Wish {
  const { command, operands } = line;
  const below = operands.length > 0 ? [] : command.createHelp().visibleCommands(command).map(toSuggestion);
  const own = ofArgument(line);
  return { ...own, fixed: [...own.fixed, ...below] };
}

function toSuggestion(command: Command): Suggestion {
  return { value: command.name(), about: command.description() };
}

function ofArgument({ command, operands, given }: TypedLine): Wish {
  const argument = argumentAt(command, operands.length, given.has('all'));
  if (argument === undefined) return nothing;
  const { argChoices } = argument;
  if (argChoices !== undefined) return { ...nothing, ...fixed(...argChoices) };
  // `logs` takes a daemon in the place of the node, too.
  const daemon = command.registeredArguments[1]?.name() === 'daemon' ? bySubject['daemon'] : undefined;
  return { ...ofSubject(argument.name()), ...daemon };
}

/** With `--all` nothing is named, and what would follow a name comes first. */
function argumentAt({ registeredArguments }: Command, place: number, all: boolean): Argument | undefined {
  const [first, ...others] = registeredArguments;
  const left = all ? others : registeredArguments;
  const last = left.at(-1) ?? first;
  return left[place] ?? (left.length > 0 && last?.variadic && last.name() !== 'command' ? last : undefined);
}

function ofSubject(name: string): Wish {
  return { ...nothing, ...bySubject[name] };
}

function optionsOf(command: Command): readonly Suggestion[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map(({ long, short, description }) => ({ value: long ?? short ?? '', about: description }));
}

function fixed(...values: readonly string[]): Pick<Wish, 'fixed'> {
  return { fixed: values.map((value) => ({ value })) };
}
