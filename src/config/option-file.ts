import { UsageError } from '../errors.ts';
import type { Problem } from './problems.ts';

/** A configuration file, read but not looked into. */
export interface OptionFile {
  /** what to call it in messages */
  readonly source: string;
  readonly options: unknown;
  readonly locate: (problem: Problem) => Place;
}

/** Both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** @param problems each with its place */
export function unusableFile(source: string, problems: readonly string[]): UsageError {
  const list = problems.length === 1 ? problems.join('') : `${source} cannot be used:${indented(problems)}`;
  return new UsageError(list, { hint: '`vcluster-box config init` shows every option' });
}

export function indented(lines: readonly string[]): string {
  return lines.map((line) => `\n  ${line}`).join('');
}
