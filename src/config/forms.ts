/** How a value may be written, as a JSON schema says it. */
export type Form =
  | { readonly type: 'string'; readonly pattern: string }
  | { readonly type: 'integer' | 'number'; readonly minimum: number; readonly maximum: number }
  | { readonly enum: readonly (string | number)[] };

export function whole(minimum: number, maximum: number): Form {
  return { type: 'integer', minimum, maximum };
}

export function pattern(source: string): Form {
  return { type: 'string', pattern: source };
}

export function matches(forms: readonly Form[], input: unknown): boolean {
  return forms.some((form) => matchesOne(form, input));
}

/** Whether it is text, and would do as a number. */
export function withoutQuotes(forms: readonly Form[], input: unknown): boolean {
  return typeof input === 'string' && isNumber(input) && matches(forms, Number(input));
}

/** Whether it is a number, and would do as text. */
export function withQuotes(forms: readonly Form[], input: unknown): boolean {
  return typeof input === 'number' && matches(forms, String(input));
}

export function isNumber(text: string): boolean {
  return /^-?\d+(?:\.\d+)?$/.test(text);
}

function matchesOne(form: Form, input: unknown): boolean {
  if ('enum' in form) return form.enum.includes(input as string | number);
  if (form.type === 'string') return typeof input === 'string' && new RegExp(form.pattern, 'u').test(input);
  const { minimum, maximum, type } = form;
  if (typeof input !== 'number' || (type === 'integer' && !Number.isInteger(input))) return false;
  return input >= minimum && input <= maximum;
}
