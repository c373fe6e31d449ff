import type { Command, Option } from 'commander';

/** What a command line, as far as it is typed, means up to its last word, which is being typed. */
export interface TypedLine {
  readonly command: Command;
  /** values of the options that were given, by attribute name; `true` for those without */
  readonly given: ReadonlyMap<string, string | true>;
  /** arguments of the command */
  readonly operands: readonly string[];
  /** the last word */
  readonly word: string;
  /** the option whose value the last word is */
  readonly pending?: Option;
  /** only arguments can follow, whatever they begin with */
  readonly operandsOnly: boolean;
}

/**
 * Reads a line as commander will, but for what is wrong in it.
 *
 * @param words what follows the program's name; the last one may be empty
 */
export function readTypedLine(program: Command, words: readonly string[]): TypedLine {
  const reader = new Reader(program);
  for (const word of words.slice(0, -1)) reader.read(word);
  return reader.line(words.at(-1) ?? '');
}

class Reader {
  #command: Command;
  #given = new Map<string, string | true>();
  #operands: string[] = [];
  #pending: Option | undefined;
  #operandsOnly = false;

  constructor(program: Command) {
    this.#command = program;
  }

  read(word: string): void {
    if (this.#pending !== undefined) {
      this.#given.set(this.#pending.attributeName(), word);
      this.#pending = undefined;
    } else if (this.#operandsOnly) this.#operands.push(word);
    else if (word === '--') this.#operandsOnly = true;
    else if (word.startsWith('-') && word !== '-') this.#readOption(word);
    else this.#readOperand(word);
  }

  line(word: string): TypedLine {
    return {
      command: this.#command,
      given: this.#given,
      operands: this.#operands,
      word,
      operandsOnly: this.#operandsOnly,
      ...(this.#pending !== undefined && { pending: this.#pending }),
    };
  }

  #readOption(word: string): void {
    const [flag, value] = splitOption(word);
    const option = findOption(this.#command, flag);
    if (option === undefined) return;
    const name = option.attributeName();
    if (option.required || option.optional) {
      if (value === undefined) this.#pending = option;
      else this.#given.set(name, value);
      return;
    }
    this.#given.set(name, true);
    if (value !== undefined && !word.startsWith('--')) this.#readOption(`-${value}`);
  }

  #readOperand(word: string): void {
    const below = this.#command.commands.find((one) => one.name() === word || one.aliases().includes(word));
    if (below !== undefined && this.#operands.length === 0) {
      this.#command = below;
      return;
    }
    this.#operands.push(word);
    this.#operandsOnly = passesThrough(this.#command);
  }
}

/** `--nodes=5`, `-n5`; also `-it`, where `t` is another option. */
function splitOption(word: string): readonly [flag: string, value: string | undefined] {
  if (!word.startsWith('--')) return [word.slice(0, 2), word.length > 2 ? word.slice(2) : undefined];
  const end = word.indexOf('=');
  return end === -1 ? [word, undefined] : [word.slice(0, end), word.slice(end + 1)];
}

export function findOption({ options }: Command, flag: string): Option | undefined {
  return options.find(({ short: letter, long }) => flag === letter || flag === long);
}

/** Whether all that follows its first argument is for another program: commander has no public way to ask. */
function passesThrough(command: Command): boolean {
  return (command as unknown as { readonly _passThroughOptions?: boolean })._passThroughOptions === true;
}
