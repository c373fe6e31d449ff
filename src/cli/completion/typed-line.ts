import type { Command, Option } from 'commander';

/** A partially typed command line: everything before its last word, which is still being typed. */
export interface TypedLine {
  readonly command: Command;
  /** values of the given options by attribute name; `true` for options without a value */
  readonly given: ReadonlyMap<string, string | true>;
  /** arguments of the command */
  readonly operands: readonly string[];
  /** the word that is being typed */
  readonly word: string;
  /** the option whose value is being typed */
  readonly pending: Option | undefined;
  /** whether only arguments can follow, even if they begin with `-` */
  readonly operandsOnly: boolean;
}

/**
 * Reads a line as commander does, but tolerates errors.  Commander's own parser stops at the first one.
 *
 * @param words the words after the program's name; the last one can be empty
 */
export function readTypedLine(program: Command, words: readonly string[]): TypedLine {
  const start: TypedLine = {
    command: program,
    given: new Map(),
    operands: [],
    word: '',
    pending: undefined,
    operandsOnly: false,
  };
  return { ...words.slice(0, -1).reduce(readWord, start), word: words.at(-1) ?? '' };
}

function readWord(line: TypedLine, word: string): TypedLine {
  const { pending, operandsOnly, operands } = line;
  if (pending !== undefined) return { ...give(line, pending, word), pending: undefined };
  if (operandsOnly) return { ...line, operands: [...operands, word] };
  if (word === '--') return { ...line, operandsOnly: true };
  return word.startsWith('-') && word !== '-' ? readOption(line, word) : readOperand(line, word);
}

function readOption(line: TypedLine, word: string): TypedLine {
  const [flag, value] = splitOption(word);
  const option = findOption(line.command, flag);
  if (option === undefined) return line;
  if (option.required || option.optional) {
    return value === undefined ? { ...line, pending: option } : give(line, option, value);
  }
  const next = give(line, option, true);
  return value !== undefined && !word.startsWith('--') ? readOption(next, `-${value}`) : next;
}

function give(line: TypedLine, option: Option, value: string | true): TypedLine {
  return { ...line, given: new Map(line.given).set(option.attributeName(), value) };
}

function readOperand(line: TypedLine, word: string): TypedLine {
  const { command, operands } = line;
  const subcommand = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
  if (subcommand !== undefined && operands.length === 0) return { ...line, command: subcommand };
  return { ...line, operands: [...operands, word], operandsOnly: runsAnotherProgram(command) };
}

/** Splits `--nodes=5` and `-n5`; in `-it`, the value `t` is another option. */
function splitOption(word: string): readonly [flag: string, value: string | undefined] {
  if (!word.startsWith('--')) return [word.slice(0, 2), word.length > 2 ? word.slice(2) : undefined];
  const end = word.indexOf('=');
  return end === -1 ? [word, undefined] : [word.slice(0, end), word.slice(end + 1)];
}

export function findOption({ options }: Command, flag: string): Option | undefined {
  return options.find(({ short: letter, long }) => flag === letter || flag === long);
}

/** Such a command has an argument `command`; everything after its first argument belongs to that other program. */
function runsAnotherProgram({ registeredArguments }: Command): boolean {
  return registeredArguments.some((argument) => argument.name() === 'command');
}
