import type { Argument, Command, Option } from 'commander';
import { clusterFinderOf } from '../../cluster/multi-engine/multi-engine.ts';
import { findCluster, findClusters } from '../../cluster/find.ts';
import { readPlan } from '../../cluster/current-plan.ts';
import { knownLogs } from '../../cluster/logs/log-names.ts';
import type { Engine } from '../../engine/engine.ts';
import { listImages } from '../../image/own-images.ts';
import { findOption, type TypedLine } from './typed-line.ts';

/** Values that only the engine or the shell knows. */
export type ValueSource = 'clusters' | 'nodes' | 'nodes:' | 'images' | 'files';

export interface Suggestion {
  readonly value: string;
  readonly description?: string;
}

/** Possible completions of the word that is being typed. */
export interface Completions {
  readonly fixed: readonly Suggestion[];
  readonly sources: readonly ValueSource[];
  /** the beginning of the word that is not part of the value: `--node=` */
  readonly prefix: string;
}

const none: Completions = { fixed: [], sources: [], prefix: '' };

/** Completions of arguments and option values, by their name in the help. */
const byName: Readonly<Record<string, Partial<Completions>>> = {
  cluster: { sources: ['clusters'] },
  name: { sources: ['clusters'] },
  node: { sources: ['nodes'] },
  tag: { sources: ['images'] },
  file: { sources: ['files'] },
  os: { sources: ['files'] },
  directory: { sources: ['files'] },
  packages: { sources: ['files'] },
  tree: { sources: ['files'] },
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
};

export function findCompletions(line: TypedLine): Completions {
  const { command, pending, word, operandsOnly } = line;
  if (pending !== undefined) return ofOption(pending);
  if (operandsOnly || !word.startsWith('-')) return ofOperand(line);
  const end = word.indexOf('=');
  if (end === -1) return { ...none, fixed: optionsOf(command) };
  const option = findOption(command, word.slice(0, end));
  return option === undefined ? none : { ...ofOption(option), prefix: word.slice(0, end + 1) };
}

function ofOption(option: Option): Completions {
  if (option.argChoices !== undefined) return { ...none, ...fixed(...option.argChoices) };
  return { ...none, ...byName[option.attributeName()] };
}

function ofOperand(line: TypedLine): Completions {
  const { command, operands } = line;
  const subcommands = operands.length > 0 ? [] : command.createHelp().visibleCommands(command).map(toSuggestion);
  const own = ofArgument(line);
  return { ...own, fixed: [...own.fixed, ...subcommands] };
}

function toSuggestion(command: Command): Suggestion {
  return { value: command.name(), description: command.description() };
}

function ofArgument({ command, operands, given }: TypedLine): Completions {
  const argument = argumentAt(command, operands.length, given.has('all'));
  if (argument === undefined) return none;
  const { argChoices } = argument;
  if (argChoices !== undefined) return { ...none, ...fixed(...argChoices) };
  // `logs` also accepts a daemon in place of the node.
  const daemon = command.registeredArguments[1]?.name() === 'daemon' ? byName['daemon'] : undefined;
  return { ...none, ...byName[argument.name()], ...daemon };
}

/** With `--all`, the first argument, which would name a cluster or node, is omitted. */
function argumentAt({ registeredArguments }: Command, index: number, all: boolean): Argument | undefined {
  const [first, ...others] = registeredArguments;
  const expected = all ? others : registeredArguments;
  const last = expected.at(-1) ?? first;
  return expected[index] ?? (expected.length > 0 && last?.variadic && last.name() !== 'command' ? last : undefined);
}

function optionsOf(command: Command): readonly Suggestion[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map(({ long, short, description }) => ({ value: long ?? short ?? '', description }));
}

function fixed(...values: readonly string[]): Pick<Completions, 'fixed'> {
  return { fixed: values.map((value) => ({ value })) };
}

interface LiveQuery {
  /** see `findCluster` */
  readonly cluster: string | undefined;
  /** the typed part of the value */
  readonly word: string;
}

/** Asks the engine for values.  Files are left to the shell. */
export async function liveCompletions(
  engine: Engine,
  source: ValueSource,
  query: LiveQuery,
): Promise<readonly Suggestion[]> {
  switch (source) {
    case 'clusters':
      return clusters(engine);
    case 'nodes':
      return nodes(engine, query, '');
    case 'nodes:':
      return query.word.includes(':') ? [] : nodes(engine, query, ':');
    case 'images':
      return (await listImages(engine)).flatMap(({ tag, kind }) =>
        tag === undefined ? [] : [{ value: tag, description: kind }],
      );
    case 'files':
      return [];
  }
}

/** Clusters on other hosts come from the host cache: asking those hosts would take too long. */
async function clusters(engine: Engine): Promise<readonly Suggestion[]> {
  const local = await findClusters(engine);
  const remote = ((await clusterFinderOf(engine)?.cachedNames()) ?? []).filter(
    (name) => !local.some((one) => one.name === name),
  );
  return [
    ...local.map(({ name, slices }) => ({ value: name, description: slices[0].state })),
    ...remote.map((name) => ({ value: name, description: 'on other hosts' })),
  ];
}

/** Short names, unless a full name is being typed. */
async function nodes(engine: Engine, { cluster, word }: LiveQuery, suffix: string): Promise<readonly Suggestion[]> {
  // The plan of any slice lists all nodes, so a local slice is enough.
  const local = (await findClusters(engine)).find(({ name }) => name === cluster);
  const plan = await readPlan(engine, local ?? (await findCluster(engine, cluster)));
  return plan.nodes.map(({ names, address }) => {
    const name = (word.includes('.') ? names[0] : names.at(-1)) ?? '';
    return { value: `${name}${suffix}`, description: address };
  });
}
