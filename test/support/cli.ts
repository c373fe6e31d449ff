import { env } from 'node:process';
import { execa } from 'execa';
import { inject } from 'vitest';

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  /** milliseconds; a command that does not end in time fails the test instead of holding it up */
  readonly timeout?: number;
  readonly cwd?: string;
  /** what the command line begins with, as `nsenter` */
  readonly through?: readonly string[];
  /** by whom it is run; those that run the tests when left out */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** Runs the packed and installed program as a user would; resolves whatever its exit status is. */
export function vcluster(args: readonly string[], options: CliOptions = {}) {
  const { input = '', timeout = 180_000, cwd, user, through = [] } = options;
  const [program = '', ...words] = [...through, inject('cli'), ...args];
  return execa(program, words, {
    reject: false,
    extendEnv: false,
    input,
    timeout,
    env: cliEnvironment(options.env),
    ...(cwd !== undefined && { cwd }),
    ...user,
  });
}

/** For tests that start the program by themselves (`inject('cli')`). */
export function cliEnvironment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  // Not what is meant for the tests, nor what npm, which runs them, says of itself.
  const inherited = Object.entries(env).flatMap(([key, value]): [string, string][] =>
    value === undefined || /^(VCLUSTER_BOX_|npm_)|^NO_COLOR$/.test(key) ? [] : [[key, value]],
  );
  return { ...Object.fromEntries(inherited), XDG_STATE_HOME: inject('stateHome'), ...more };
}
