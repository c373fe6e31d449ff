import { z } from 'zod';
import { type Form, matches, withoutQuotes, withQuotes } from './forms.ts';

/**
 * One value.  What is in none of the forms is refused, and so is what `parse` gives `undefined` for: the forms are all that
 * a JSON schema can say, which may be less.
 *
 * @param allowed says what is, in a form that `, not X` can follow
 */
export function oneOf<Value>(allowed: string, forms: readonly Form[], parse: (text: string) => Value | undefined) {
  return z
    .unknown()
    .transform((input, context): Value => {
      const value = matches(forms, input) ? parse(String(input)) : undefined;
      if (value !== undefined) return value;
      const not = input === undefined ? '; it is missing' : `, not ${showFor(forms, input)}`;
      context.addIssue({ code: 'custom', message: `${allowed}${not}` });
      return z.NEVER;
    })
    .meta(forms.length === 1 ? { ...forms[0] } : { anyOf: forms });
}

/** Text of which the pattern says all. */
export function text(allowed: string, pattern: string) {
  return oneOf(allowed, [{ type: 'string', pattern }], (value) => value);
}

/** Text in some form that is taken as it is unless `problem` says what is wrong with it. */
export function checked(pattern: string, problem: (value: string) => string | undefined) {
  return z
    .unknown()
    .transform((input, context): string => {
      const value = typeof input === 'string' ? input : show(input);
      const message = problem(value);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
      return value;
    })
    .meta({ type: 'string', pattern });
}

/** One of some words.  A number in a file (`ganeti: 3.1`) is taken for its word. */
export function choice<const Words extends readonly string[]>(words: Words) {
  const numbers = words.map(Number).filter((number) => !Number.isNaN(number));
  const list = new Intl.ListFormat('en', { type: 'disjunction', style: 'long' }).format(words).replace(/, or /, ' or ');
  return oneOf(list, [{ enum: [...words, ...numbers] }], (value): Words[number] | undefined =>
    words.find((word) => word === value || (numbers.length > 0 && Number(word) === Number(value))),
  );
}

export function truth() {
  return z.boolean({ error: ({ input }) => `true or false, not ${show(input)}` });
}

export function show(input: unknown): string {
  return typeof input === 'string' && input !== '' ? input : JSON.stringify(input);
}

/** Numbers and the text of their digits look the same; which of the two is wanted has to be said. */
function showFor(forms: readonly Form[], input: unknown): string {
  if (withoutQuotes(forms, input)) return `the text "${String(input)}": leave out the quotes`;
  if (withQuotes(forms, input)) return `the number ${String(input)}: put it in quotes`;
  return show(input);
}
