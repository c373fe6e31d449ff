/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  /** `warn`: clusters work, though not all or not well */
  readonly level: 'ok' | 'warn' | 'fail';
  readonly found: string;
  /** what to do about it, unless it is ok */
  readonly remedy?: string;
}

export function ok(name: string, found: string): Check {
  return { name, level: 'ok', found };
}

/** `ok` if it holds, else what is given. */
export function check(name: string, found: string, otherwise: Otherwise): Check {
  const { holds, level = 'warn', remedy } = otherwise;
  return holds ? ok(name, found) : { name, level, found, remedy };
}

interface Otherwise {
  readonly holds: boolean;
  readonly level?: 'warn' | 'fail';
  readonly remedy: string;
}
