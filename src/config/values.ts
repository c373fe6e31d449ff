import * as patterns from './patterns.ts';
import { formatSeconds, formatSize, parseSeconds, parseSize, parseWhole, within } from './quantities.ts';

/** How a value can be written, in terms of JSON Schema. */
export type Form =
  | { readonly type: 'boolean' }
  | { readonly type: 'string'; readonly pattern: string }
  | NumberForm
  | { readonly enum: readonly (string | number)[] };

export interface NumberForm {
  readonly type: 'integer' | 'number';
  readonly minimum: number;
  readonly maximum: number;
}

/** What an option can be set to. */
export type Kind = Scalar | List | Fields | Either;

/** One word: text, a number or a boolean. */
export interface Scalar<Value = unknown> {
  readonly type: 'scalar';
  /** completes "must be" */
  readonly allowed: string;
  /** for help texts: `1 to 1000` */
  readonly limits?: string;
  readonly forms: readonly Form[];
  /** Returns `undefined` for an invalid value.  Can be stricter than the forms, which are all a JSON schema can say. */
  readonly parse: (text: string) => Value | undefined;
  /** Writes a value as users do.  Default: `String` */
  readonly format?: (value: never) => string;
  /** Says what is wrong with a text in more detail than `allowed` does. */
  readonly explain?: (text: string) => string | undefined;
}

export interface List<Item extends Kind = Kind> {
  readonly type: 'list';
  /** what an item is: `node` */
  readonly of: string;
  readonly item: Item;
  readonly min: number;
  readonly max?: number;
}

/** A map of options. */
export interface Fields<Options extends Readonly<Record<string, Option>> = Readonly<Record<string, Option>>> {
  readonly type: 'fields';
  /** the map's type in the library */
  readonly name: string;
  /** as it is written in a file */
  readonly example: string;
  readonly options: Options;
}

/** A short form, or a list or map that says more. */
export interface Either<Short extends Scalar = Scalar, Long extends Kind = Kind> {
  readonly type: 'either';
  readonly short: Short;
  readonly long: Long;
}

/** An option of a cluster, or of one of its nodes, groups or hosts. */
export interface Option<Value extends Kind = Kind> {
  /** as commander has it: short form, long form, placeholder; left out: the option has no flag */
  readonly flag?: string;
  /** one phrase, for `--help` and everything else */
  readonly help: string;
  /** further sentences, for everything but `--help` */
  readonly note?: string;
  readonly value: Value;
  /** as it is written in a file */
  readonly default?: unknown;
  /** what holds without the option when `default` cannot say it */
  readonly unset?: string;
  readonly examples?: readonly unknown[];
  /**
   * Whether the option holds for the life of a cluster: yes, unless `false`.  A label of the cluster keeps the lasting
   * options that were given, and a later `up` compares them.
   */
  readonly lasting?: false;
  readonly required?: boolean;
}

/** What a valid value becomes. */
export type Value<K> =
  K extends Scalar<infer V>
    ? V
    : K extends List<infer Item>
      ? readonly Value<Item>[]
      : K extends Either<infer Short, infer Long>
        ? Value<Short> | Value<Long>
        : K extends Fields<infer Options>
          ? Values<Options>
          : never;

type Values<Options extends Readonly<Record<string, Option>>> = {
  readonly [Name in keyof Options as Options[Name] extends { required: true } ? Name : never]: Value<
    Options[Name]['value']
  >;
} & {
  readonly [Name in keyof Options as Options[Name] extends { required: true } ? never : Name]?:
    Value<Options[Name]['value']> | undefined;
};

export function scalar<V>(
  allowed: string,
  forms: readonly Form[],
  parse: (text: string) => V | undefined,
  limits?: string,
): Scalar<V> {
  return { type: 'scalar', allowed, forms, parse, ...(limits !== undefined && { limits }) };
}

export function pattern(source: string): Form {
  return { type: 'string', pattern: source };
}

export function integer(minimum: number, maximum: number, noun = 'whole number'): Scalar<number> {
  const limits = `${minimum} to ${maximum}`;
  const form = { type: 'integer', minimum, maximum } as const;
  return scalar(`a ${noun} from ${limits}`, [form], within(parseWhole, minimum, maximum), limits);
}

export function decimal(minimum: number, maximum: number, noun: string): Scalar<number> {
  const limits = `${minimum} to ${maximum}`;
  return scalar(`a ${noun} from ${limits}`, [{ type: 'number', minimum, maximum }], Number, limits);
}

/** Text that matches the pattern. */
export function text(allowed: string, source: string): Scalar<string> {
  return scalar(allowed, [pattern(source)], (value) => value);
}

/** One of some words.  A number in a file (`ganeti: 3.1`) stands for its word. */
export function choice<const Words extends readonly string[]>(...words: Words): Scalar<Words[number]> {
  const numbers = words.map(Number).filter((number) => !Number.isNaN(number));
  const list = new Intl.ListFormat('en', { type: 'disjunction', style: 'long' }).format(words).replace(/, or /, ' or ');
  const find = (value: string) =>
    words.find((word) => word === value || (numbers.length > 0 && Number(word) === Number(value)));
  return scalar(list, [{ enum: [...words, ...numbers] }], find, list);
}

export const webAddress: Scalar<string> = scalar('an http or https URL', [pattern(patterns.webAddress)], (value) =>
  URL.canParse(value) ? value : undefined,
);

export const bool: Scalar<boolean> = scalar('true or false', [{ type: 'boolean' }], (value) => value === 'true');

/** Bytes. */
export function size(minimum: number, maximum: number, example: string): Scalar<number> {
  const limits = `${formatSize(minimum)} to ${formatSize(maximum)}`;
  const forms: readonly Form[] = [pattern(patterns.size), { type: 'integer', minimum, maximum }];
  const kind = scalar(`a size from ${limits}, such as ${example}`, forms, within(parseSize, minimum, maximum), limits);
  return { ...kind, format: formatSize };
}

/** Seconds. */
export function duration(minimum: number, maximum: number, example: string): Scalar<number> {
  const limits = `${formatSeconds(minimum)} to ${formatSeconds(maximum)}`;
  const forms: readonly Form[] = [pattern(patterns.time), { type: 'integer', minimum, maximum }];
  const kind = scalar(
    `a time from ${limits}, such as ${example}`,
    forms,
    within(parseSeconds, minimum, maximum),
    limits,
  );
  return { ...kind, format: formatSeconds };
}

export function list<Item extends Kind>(of: string, item: Item, { min = 0, max }: { min?: number; max?: number } = {}) {
  return { type: 'list', of, item, min, ...(max !== undefined && { max }) } as const;
}

export function either<Short extends Scalar, Long extends Kind>(short: Short, long: Long) {
  return { type: 'either', short, long } as const;
}

/** The words to choose from, if the value is one of some words. */
export function wordsOf(kind: Kind): readonly string[] | undefined {
  const [form] = kind.type === 'scalar' ? kind.forms : [];
  return form !== undefined && 'enum' in form ? form.enum.filter((word) => typeof word === 'string') : undefined;
}

export function limitsOf(kind: Kind): string | undefined {
  const short = kind.type === 'either' ? kind.short : kind;
  return short.type === 'scalar' ? short.limits : undefined;
}

/** A sentence or more for everything but `--help`. */
export function describe({ help, note, value, unset }: Option): string {
  const limits = limitsOf(value);
  const words = wordsOf(value) === undefined ? ', ' : ': ';
  const first = `${help.charAt(0).toUpperCase()}${help.slice(1)}${limits === undefined ? '' : `${words}${limits}`}.`;
  return [first, note, unset === undefined ? undefined : `Default: ${unset}.`].filter((part) => part).join(' ');
}
