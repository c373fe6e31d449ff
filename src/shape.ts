/**
 * What a value from outside must look like: the type of a value, a list, an object, or a map (`{ '*': ... }`).  A key
 * that ends in `?` can be missing or null.  Other keys are ignored.
 */
export type Shape = 'string' | 'number' | 'boolean' | [Shape] | { readonly [key: string]: Shape };

/** @returns the first difference, such as `[0].State is undefined, not a string`; `undefined` if there is none */
function findMismatch(value: unknown, shape: Shape, path = ''): string | undefined {
  if (typeof shape === 'string') return typeof value === shape ? undefined : mismatch(path, value, `a ${shape}`);
  const mismatches = Array.isArray(shape) ? inList(value, shape[0], path) : inObject(value, shape, path);
  return mismatches.find((each) => each !== undefined);
}

/** Parses JSON from outside. @returns its value, or what is wrong with it */
export function parseShape(text: string, shape: Shape): { readonly value: unknown } | { readonly problem: string } {
  try {
    const value: unknown = JSON.parse(text);
    const problem = findMismatch(value, shape);
    return problem === undefined ? { value } : { problem };
  } catch {
    return { problem: 'it is not JSON' };
  }
}

type Mismatches = readonly (string | undefined)[];

function inList(value: unknown, shape: Shape, path: string): Mismatches {
  if (!Array.isArray(value)) return [mismatch(path, value, 'a list')];
  return value.map((item, index) => findMismatch(item, shape, `${path}[${index}]`));
}

function inObject(value: unknown, shape: Readonly<Record<string, Shape>>, path: string): Mismatches {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [mismatch(path, value, 'an object')];
  const fields = new Map<string, unknown>(Object.entries(value));
  return Object.entries(shape).flatMap(([name, field]): Mismatches => {
    if (name === '*') return [...fields].map(([key, each]) => findMismatch(each, field, `${path}.${key}`));
    const key = name.replace(/\?$/, '');
    const optional = key !== name && (fields.get(key) ?? undefined) === undefined;
    return optional ? [] : [findMismatch(fields.get(key), field, `${path}.${key}`)];
  });
}

function mismatch(path: string, value: unknown, expected: string): string {
  const type = value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value;
  return `${path === '' ? 'it' : path.replace(/^\./, '')} is ${type}, not ${expected}`;
}
