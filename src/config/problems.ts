import type { z } from 'zod';
import { UsageError } from '../errors.ts';
import { suggest } from './suggest.ts';
import { clusterOptions } from './cluster-options.ts';
import { hostOptions } from './host-options.ts';
import { groupOptions, nodeOptions } from './node-options.ts';

/** One thing that is wrong with what was given. */
export interface Problem {
  readonly path: Path;
  /** what is allowed, and what was given */
  readonly message: string;
  /** Whether it is the key itself, and not what stands behind it. */
  readonly atKey?: boolean;
}

export type Path = readonly (string | number)[];

/** @param input what was parsed: of the ways to write an option, the one that it is nearest to is explained */
export function problemsOf(issues: readonly z.core.$ZodIssue[], input: unknown): readonly Problem[] {
  return issues.flatMap((issue) => problemsOfIssue(issue, input, []));
}

/** `nodes[1].group` */
export function showPath(path: Path): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return text.replace(/^\./, '') || '(top level)';
}

function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, part) => (value as Record<string | number, unknown> | undefined)?.[part], input);
}

function problemsOfIssue(issue: z.core.$ZodIssue, input: unknown, above: Path): readonly Problem[] {
  const path: Path = [...above, ...(issue.path as Path)];
  if (issue.code === 'invalid_union') return ofUnion(issue.errors, input, path);
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  return issue.keys.map((key) => ({ path: [...path, key], message: unknownKey(key, path), atKey: true }));
}

/** All our unions are of something short, a count or a text, and a list or a map. */
function ofUnion(errors: readonly (readonly z.core.$ZodIssue[])[], input: unknown, path: Path): readonly Problem[] {
  const [count = [], list = []] = errors;
  const value = valueAt(input, path);
  const meant = typeof value === 'object' && value !== null ? list : count;
  return meant.flatMap((issue) => problemsOfIssue(issue, input, path));
}

function unknownKey(key: string, path: Path): string {
  const keys = keysAt(path);
  const meant = suggest(key, keys);
  if (meant !== undefined) return `there is no such option; did you mean ${meant}?`;
  return path.length === 0 ? 'there is no such option' : `there is no such option, but ${keys.join(', ')}`;
}

function keysAt([option]: Path): readonly string[] {
  if (option === undefined) return Object.keys(clusterOptions);
  if (option === 'hosts') return Object.keys(hostOptions.unwrap().shape);
  return Object.keys((option === 'groups' ? groupOptions : nodeOptions).unwrap().shape);
}

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
