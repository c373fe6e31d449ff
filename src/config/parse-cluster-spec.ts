import type { z } from 'zod';
import { UsageError } from '../errors.ts';
import { clusterSpec, type ClusterSpec } from './cluster-spec.ts';

/** What is wanted, complete, and which of it was asked for and not just a default. */
export interface ClusterRequest {
  readonly spec: ClusterSpec;
  readonly given: GivenOptions;
}

/**
 * The options that were given, of those that a cluster keeps for its life.  A later `up` compares only these with what
 * is there, and they are what the label `vcluster-box.spec` holds.
 */
export type GivenOptions = Readonly<Partial<Pick<ClusterSpec, LastingOption>>>;

const lastingOptions = [
  'nodes',
  'ganeti',
  'base',
  'subnet',
  'domain',
  'rapi',
  'memory',
  'cpus',
  'restart',
  'ttl',
  'watcher',
] as const satisfies readonly (keyof ClusterSpec)[];
type LastingOption = (typeof lastingOptions)[number];

/**
 * Turns untrusted input into a spec.  Options that are `undefined` count as not given.
 *
 * @param source what to call the input in messages: a file's name, or `command line`
 * @throws {UsageError} listing every problem as `option: what is allowed, not what was given`
 */
export function parseClusterSpec(input: unknown, source: string): ClusterRequest {
  const parsed = clusterSpec.safeParse(input);
  if (!parsed.success) throw refuse(parsed.error.issues.flatMap(problemsOf), source);
  const asked = new Set(Object.entries(input as object).flatMap(([key, value]) => (value === undefined ? [] : [key])));
  const given = lastingOptions.filter((key) => asked.has(key)).map((key) => [key, parsed.data[key]] as const);
  return { spec: parsed.data, given: Object.fromEntries(given) };
}

function problemsOf(issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${key}: there is no such option`);
  return [`${issue.path.join('.') || '(top level)'}: ${issue.message}`];
}

function refuse(problems: readonly string[], source: string): UsageError {
  const list = problems.length === 1 ? ` ${problems.join('')}` : problems.map((problem) => `\n  ${problem}`).join('');
  return new UsageError(`${source}:${list}`, { hint: 'what is allowed: vcluster-box up --help' });
}
