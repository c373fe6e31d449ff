import { UsageError } from '../errors.ts';

/** One thing that is wrong with the options. */
export interface Problem {
  readonly path: Path;
  readonly message: string;
  /** Whether the key is wrong, and not its value. */
  readonly atKey?: boolean;
}

export type Path = readonly (string | number)[];

/** A configuration file, parsed as YAML. */
export interface OptionFile {
  /** its name in messages */
  readonly source: string;
  readonly options: unknown;
  /** line and column, both from 1 */
  readonly locate: (problem: Problem) => { readonly line: number; readonly column: number };
}

/** `nodes[1].group: must be ...` */
export function showProblem({ path, message }: Problem): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return `${text.replace(/^\./, '') || '(top level)'}: ${message}`;
}

/** A value as it was written. */
export function show(input: unknown): string {
  return typeof input === 'string' && input !== '' ? input : JSON.stringify(input);
}

/** @param problems each with its position */
export function invalidFile(source: string, problems: readonly string[]): UsageError {
  const message = problems.length === 1 ? problems.join('') : `${source} is invalid:${indent(problems)}`;
  return new UsageError(message, { hint: '`vcluster-box config init` prints a file with every option' });
}

export function indent(lines: readonly string[]): string {
  return lines.map((line) => `\n  ${line}`).join('');
}
