import { join } from 'node:path';
import { env } from 'node:process';
import { execa } from 'execa';
import { inject } from 'vitest';

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  /** milliseconds; a command that exceeds it fails the test */
  readonly timeout?: number;
  readonly cwd?: string;
  /** prefix of the command line, such as `nsenter` */
  readonly through?: readonly string[];
  /** the user that runs it; default: the user that runs the tests */
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

/** Where the program keeps logs and the hosts of clusters: each worker knows only its own clusters. */
export function stateHome(): string {
  return join(inject('stateHome'), env['VITEST_POOL_ID'] ?? '0');
}

/** For tests that start the program themselves (`inject('cli')`). */
export function cliEnvironment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  // Excludes variables of the tests, and those that npm sets for its scripts.
  const inherited = Object.entries(env).flatMap(([key, value]): [string, string][] =>
    value === undefined || /^(VCLUSTER_BOX_|npm_)|^NO_COLOR$/.test(key) ? [] : [[key, value]],
  );
  return { ...Object.fromEntries(inherited), XDG_STATE_HOME: stateHome(), ...more };
}
