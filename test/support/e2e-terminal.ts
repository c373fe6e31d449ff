import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { inject } from 'vitest';
import { cliEnvironment } from './cli.ts';

export interface TerminalOptions {
  readonly columns: number;
  readonly rows: number;
  readonly env?: Readonly<Record<string, string>>;
  /** a shell command to run in the terminal first */
  readonly before?: string;
}

/**
 * Starts the program in its own terminal, created by `script` of util-linux. The terminal's output comes from the
 * process's stdout; input goes to its stdin, whose end acts like Ctrl-D.
 */
export function startInTerminal(args: readonly string[], options: TerminalOptions): ChildProcessWithoutNullStreams {
  const { columns, rows, env = {}, before = ':' } = options;
  const command = [inject('cli'), ...args].map(quote).join(' ');
  const line = `stty rows ${rows} cols ${columns}; ${before}; exec ${command}`;
  const environment = { ...cliEnvironment({ TERM: 'xterm-256color', ...env }), SHELL: '/bin/sh' };
  return spawn('script', ['-q', '-e', '-f', '-c', line, '/dev/null'], { env: environment });
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
