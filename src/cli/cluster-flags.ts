import { type Command, Option } from 'commander';
import { clusterOptions } from '../config/cluster-options.ts';
import { isNumber } from '../config/read-value.ts';
import { type Kind, limitsOf, type Option as ClusterOption, wordsOf } from '../config/values.ts';
import { addToList } from './common-options.ts';

const flags = Object.entries<ClusterOption>(clusterOptions).flatMap(([name, option]) =>
  option.flag === undefined ? [] : [{ name, option, flag: option.flag }],
);

type OptionName = keyof typeof clusterOptions;

/**
 * Adds the flags of options that a cluster has.  What they can be is checked in `config/`.
 *
 * @param only names of the options; default: all
 * @param showDefault changes how the help names a default
 */
export function addClusterFlags(
  command: Command,
  only?: readonly OptionName[],
  showDefault = (text: string) => text,
): Command {
  const names: readonly string[] = only ?? Object.keys(clusterOptions);
  for (const { name, flag, option } of flags) {
    if (names.includes(name)) command.addOption(toFlag(flag, option, showDefault));
  }
  return command;
}

/** The options that were given as flags, unchecked; `undefined` for the others. */
export function givenClusterFlags(command: Command): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    flags.map(({ name, flag }) => {
      const attribute = new Option(flag).attributeName();
      // An option `--no-X` has a default in commander: true.
      const given = command.getOptionValueSource(attribute) !== 'default';
      return [name, given ? command.getOptionValue(attribute) : undefined];
    }),
  );
}

/** A default would make commander treat the flag as given, so it is in the text only. */
function toFlag(flag: string, clusterOption: ClusterOption, showDefault: (text: string) => string): Option {
  const option = new Option(flag, textOf(flag, clusterOption, showDefault));
  const words = wordsOf(clusterOption.value);
  // For help and completion.  With `choices`, commander would stop at the first wrong value.
  if (words !== undefined) option.argChoices = [...words];
  const { value } = clusterOption;
  if (value.type === 'list') return option.argParser(addToList);
  return isListOfWords(value) ? option.argParser(splitList) : option;
}

/** Whether the option can be a number or a list of words. */
function isListOfWords(value: Kind): boolean {
  return value.type === 'either' && value.long.type === 'list' && value.long.item.type === 'scalar';
}

function splitList(text: string): string | readonly string[] {
  return isNumber(text) ? text : text.split(',');
}

function textOf(flag: string, option: ClusterOption, showDefault: (text: string) => string): string {
  const limits = wordsOf(option.value) === undefined ? limitsOf(option.value) : undefined;
  const byDefault = defaultText(option);
  return [
    flag.startsWith('--no-') ? `do not ${option.help}` : option.help,
    limits === undefined ? '' : `, ${limits}`,
    option.value.type === 'list' ? ' (repeatable)' : '',
    byDefault === undefined ? '' : ` (default: ${showDefault(byDefault)})`,
  ].join('');
}

function defaultText({ unset, default: value }: ClusterOption): string | undefined {
  return unset ?? (typeof value === 'string' || typeof value === 'number' ? String(value) : undefined);
}
