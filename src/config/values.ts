import { z } from 'zod';

/** One value, written as text or as a number.  `allowed` says what is, in a form that `, not X` can follow. */
export function oneOf<Value>(allowed: string, parse: (text: string) => Value | undefined) {
  return z.unknown().transform((input, context): Value => {
    const value = typeof input === 'string' || typeof input === 'number' ? parse(String(input)) : undefined;
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: `${allowed}, not ${show(input)}` });
    return z.NEVER;
  });
}

/** Text that is taken as it is unless `problem` says what is wrong with it. */
export function checked(problem: (text: string) => string | undefined) {
  return z.unknown().transform((input, context): string => {
    const text = typeof input === 'string' ? input : show(input);
    const message = problem(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
    return text;
  });
}

/** One of some words.  A number in a file (`ganeti: 3.1`) is taken for its text. */
export function choice<const Words extends readonly string[]>(words: Words) {
  return oneOf(words.join(' or '), (text): Words[number] | undefined => words.find((word) => word === text));
}

function show(input: unknown): string {
  return typeof input === 'string' && input !== '' ? input : JSON.stringify(input);
}
