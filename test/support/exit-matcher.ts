import { expect } from 'vitest';

/** What a program that has ended left; `command` is the command line, as execa gives it. */
interface Ended {
  readonly exitCode?: number | null;
  readonly command?: string;
  readonly stdout?: unknown;
  readonly stderr?: unknown;
}

declare module 'vitest' {
  interface Matchers<T> {
    /** Compares the exit status of a program; a failure shows all that the program printed. */
    readonly toExitWith: (status: number) => T;
  }
}

expect.extend({
  toExitWith(ended: Ended, status: number) {
    const { exitCode, command = 'the program', stdout, stderr } = ended;
    const printed = [stdout, stderr].filter((text) => typeof text === 'string' && text !== '');
    return {
      pass: exitCode === status,
      message: () => [`${command}: exit status ${exitCode ?? 'none'}, expected ${status}`, ...printed].join('\n'),
      actual: exitCode,
      expected: status,
    };
  },
});
