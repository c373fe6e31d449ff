import { distance } from 'fastest-levenshtein';
import { maxProblems, type Path, type Problem, show } from './problems.ts';
import type { Either, Fields, Form, Kind, List, NumberForm, Option, Scalar, Value } from './values.ts';

/** What untrusted input comes to. */
export interface Reading<V> {
  /** the valid parts: without invalid options, and with `undefined` for invalid items of lists */
  readonly value: V | undefined;
  readonly problems: readonly Problem[];
}

/** Checks a value against its kind, and converts it. */
export function readValue<K extends Kind>(kind: K, input: unknown, path: Path = []): Reading<Value<K>> {
  return read(kind, input, path) as Reading<Value<K>>;
}

export function isMap(input: unknown): input is Readonly<Record<string, unknown>> {
  return typeof input === 'object' && input !== null && !Array.isArray(input);
}

export function isNumber(text: string): boolean {
  return /^-?\d+(?:\.\d+)?$/.test(text);
}

/** Whether a number is the only way to write the value, or its short form. */
export function isNumeric(kind: Kind): boolean {
  const short = kind.type === 'either' ? kind.short : kind;
  return short.type === 'scalar' && short.forms.every((form) => 'minimum' in form);
}

function read(kind: Kind, input: unknown, path: Path): Reading<unknown> {
  switch (kind.type) {
    case 'scalar':
      return readScalar(kind, input, path);
    case 'list':
      return Array.isArray(input) ? readList(kind, input, path) : refused(kind, input, path);
    case 'fields':
      return isMap(input) ? readFields(kind, input, path) : refused(kind, input, path);
    case 'either':
      return readEither(kind, input, path);
  }
}

function nameOf(kind: Kind): string {
  switch (kind.type) {
    case 'scalar':
      return kind.allowed;
    case 'list':
      return `a list of ${kind.of}s`;
    case 'fields':
      return `a map such as ${kind.example}`;
    case 'either':
      return `${nameOf(kind.short)} or ${nameOf(kind.long)}`;
  }
}

function refused(kind: Kind, input: unknown, path: Path): Reading<never> {
  return { value: undefined, problems: [{ path, message: `must be ${nameOf(kind)}, not ${show(input)}` }] };
}

function readEither(kind: Either, input: unknown, path: Path): Reading<unknown> {
  if (typeof input !== 'object' || input === null) return readScalar(kind.short, input, path);
  const fits = kind.long.type === 'list' ? Array.isArray(input) : isMap(input);
  return fits ? read(kind.long, input, path) : refused(kind, input, path);
}

function readScalar(kind: Scalar, input: unknown, path: Path): Reading<unknown> {
  const { allowed, forms, parse, explain } = kind;
  const value = matches(forms, input) ? parse(String(input)) : undefined;
  if (value !== undefined) return { value, problems: [] };
  const message = typeof input === 'string' ? explain?.(input) : undefined;
  return { value, problems: [{ path, message: message ?? `must be ${allowed}, not ${showFor(forms, input)}` }] };
}

function readList({ of, item, min, max = Infinity }: List, input: readonly unknown[], path: Path): Reading<unknown> {
  const items = input.map((one, index) => read(item, one, [...path, index]));
  const value = items.map((one) => one.value);
  if (input.length < min)
    return { value, problems: [{ path, message: `must be a list of at least one ${of}, not []` }] };
  if (input.length > max) return { value, problems: [{ path, message: `must be a list of at most ${max} ${of}s` }] };
  return { value, problems: items.flatMap(({ problems }) => problems) };
}

function readFields({ options }: Fields, input: Readonly<Record<string, unknown>>, path: Path): Reading<unknown> {
  const known = Object.entries(options).map(([name, option]) => {
    return [name, readOption(option, input[name], [...path, name])] as const;
  });
  const unknown = Object.keys(input)
    .filter((key) => !Object.hasOwn(options, key))
    .slice(0, maxProblems + 1)
    .map((key): Problem => ({ path: [...path, key], message: unknownKey(key, path, options), atKey: true }));
  return {
    value: Object.fromEntries(known.flatMap(([name, { value }]) => (value === undefined ? [] : [[name, value]]))),
    problems: [...known.flatMap(([, { problems }]) => problems), ...unknown],
  };
}

function readOption({ value, required = false }: Option, input: unknown, path: Path): Reading<unknown> {
  if (input !== undefined) return read(value, input, path);
  return { value: undefined, problems: required ? [{ path, message: `is required: ${nameOf(value)}` }] : [] };
}

function unknownKey(key: string, path: Path, options: Fields['options']): string {
  const keys = Object.keys(options);
  const meant = suggest(key, keys);
  if (meant !== undefined) return `unknown option; did you mean ${meant}?`;
  return path.length === 0 ? 'unknown option' : `unknown option; known options: ${keys.join(', ')}`;
}

function matches(forms: readonly Form[], input: unknown): boolean {
  return forms.some((form) => matchesOne(form, input));
}

function matchesOne(form: Form, input: unknown): boolean {
  if ('enum' in form) return form.enum.some((word) => word === input);
  switch (form.type) {
    case 'boolean':
      return typeof input === 'boolean';
    case 'string':
      return typeof input === 'string' && new RegExp(form.pattern, 'u').test(input);
    case 'integer':
    case 'number':
      return typeof input === 'number' && isWithin(form, input);
  }
}

function isWithin({ type, minimum, maximum }: NumberForm, input: number): boolean {
  return input >= minimum && input <= maximum && (type === 'number' || Number.isInteger(input));
}

/** A number and the text of its digits look the same, so the message says which of the two is required. */
function showFor(forms: readonly Form[], input: unknown): string {
  if (typeof input === 'string' && isNumber(input) && matches(forms, Number(input))) {
    return `the text "${input}" (remove the quotes)`;
  }
  if (typeof input === 'number' && matches(forms, String(input))) return `the number ${input} (add quotes)`;
  return show(input);
}

/**
 * The word that was probably meant: a different spelling, or one or two wrong letters.
 *
 * @returns `undefined` when no word is close enough
 */
export function suggest(word: string, words: readonly string[]): string | undefined {
  const [best] = words
    .map((other) => ({ other, edits: distance(normalize(word), normalize(other)) }))
    .filter(({ other, edits }) => edits <= Math.min(2, Math.floor(other.length / 3)))
    .sort((a, b) => a.edits - b.edits);
  return best?.other;
}

/** `master_capable` and `Master-Capable` are spellings of `masterCapable`. */
function normalize(word: string): string {
  return word.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
