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

/** One mistake in a generated file can cause thousands of problems; no more than this number are reported. */
export const maxProblems = 100;

/** `nodes[1].group: must be ...` */
export function showProblem({ path, message }: Problem): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${shorten(part)}`)).join('');
  return `${text.replace(/^\./, '') || '(top level)'}: ${message}`;
}

/** A value as it was written, or what it is. */
export function show(input: unknown): string {
  if (typeof input === 'object' && input !== null) return Array.isArray(input) ? 'a list' : 'a map';
  return input === '' ? '""' : shorten(String(input));
}

/** Cuts text that is too long for a message. */
export function shorten(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 80)}... (${text.length} characters)`;
}

/** @param problems each with its position */
export function invalidFile(source: string, problems: readonly string[]): UsageError {
  const shown = problems.length > maxProblems ? [...problems.slice(0, maxProblems), '...'] : problems;
  const message = problems.length === 1 ? problems.join('') : `${source} is invalid:${indent(shown)}`;
  return new UsageError(message, { hint: '`vcluster-box config init` prints a file with every option' });
}

export function indent(lines: readonly string[]): string {
  return lines.map((line) => `\n  ${line}`).join('');
}
