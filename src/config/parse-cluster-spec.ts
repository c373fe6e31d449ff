import { UsageError } from '../errors.ts';
import { clusterOptions } from './cluster-options.ts';
import { clusterFile, type ClusterSpec, type ClusterValues, completeSpec, type LastingOption } from './cluster-spec.ts';
import { crossFieldProblems } from './cross-field-rules.ts';
import { nodesOfHosts } from './distribute-nodes.ts';
import { indent, invalidFile, maxProblems, type OptionFile, type Problem, showProblem } from './problems.ts';
import { isMap, isNumber, isNumeric, readValue } from './read-value.ts';
import type { Kind } from './values.ts';

export interface ClusterRequest {
  readonly spec: ClusterSpec;
  readonly given: GivenOptions;
}

/**
 * The lasting options that were given.  A later `up` compares these with the cluster, and the label `vcluster-box.spec`
 * keeps them.
 */
export type GivenOptions = Readonly<Partial<Pick<ClusterSpec, LastingOption>>>;

type Options = Readonly<Record<string, unknown>>;

/**
 * Turns untrusted input into a spec.  Options that are `undefined` count as not given.  Numbers can be text, as in
 * flags.
 *
 * @param source the name of the input in messages
 * @throws {UsageError} listing every problem as `option: what is wrong`
 */
export function parseClusterSpec(input: unknown, source: string): ClusterRequest {
  const result = parse(isMap(input) ? withNumbers(input) : input);
  if (!('problems' in result)) return result;
  const list = result.problems.slice(0, maxProblems).map(showProblem);
  throw new UsageError(list.length === 1 ? `${source}: ${list.join('')}` : `${source}:${indent(list)}`, {
    hint: '`vcluster-box up --help` lists the options and their values',
  });
}

/**
 * Turns a file into a spec.  Flags take precedence over the file, and the file over the environment.
 *
 * @throws {UsageError} listing every problem as `FILE:LINE:COLUMN: option: what is wrong`
 */
export function parseClusterFile(file: OptionFile, flags: Options = {}, environment: Options = {}): ClusterRequest {
  const given = withNumbers(flags);
  const result = parse(isMap(file.options) ? { ...environment, ...file.options, ...given } : file.options);
  if (!('problems' in result)) return result;
  const isFlag = ({ path: [option = ''] }: Problem) => Object.hasOwn(given, option);
  const inFile = result.problems
    .filter((problem) => !isFlag(problem))
    .slice(0, maxProblems + 1)
    .map((problem) => ({ ...file.locate(problem), text: showProblem(problem) }))
    .sort((a, b) => a.line - b.line || a.column - b.column);
  throw invalidFile(file.source, [
    ...inFile.map(({ line, column, text }) => `${file.source}:${line}:${column}: ${text}`),
    ...result.problems.filter(isFlag).map((problem) => `command line: ${showProblem(problem)}`),
  ]);
}

function parse(input: unknown): ClusterRequest | { readonly problems: readonly Problem[] } {
  const reading = readValue(clusterFile, input);
  const problems = [...reading.problems, ...crossFieldProblems(reading)];
  const { value } = reading;
  if (value === undefined || problems.length > 0) return { problems };
  const spec = completeSpec({ ...value, nodes: value.nodes ?? nodesOfHosts(value.hosts ?? []) });
  return { spec, given: givenOf(spec, value) };
}

function givenOf(spec: ClusterSpec, values: ClusterValues): GivenOptions {
  const names = Object.entries(clusterOptions).flatMap(([name, option]) =>
    'lasting' in option || !Object.hasOwn(values, name) ? [] : [name],
  );
  const all = spec.nodeOptions.length > 0 ? [...names, 'nodeOptions'] : names;
  return Object.fromEntries(all.map((name) => [name, spec[name as keyof ClusterSpec]]));
}

/** Leaves out flags that were not given, and turns text into numbers. */
function withNumbers(flags: Options): Options {
  const given = Object.entries(flags).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    given.map(([name, value]) => {
      const { value: kind } = (clusterOptions as Readonly<Record<string, { value: Kind } | undefined>>)[name] ?? {};
      const isCount = kind !== undefined && isNumeric(kind) && typeof value === 'string' && isNumber(value);
      return [name, isCount ? Number(value) : value];
    }),
  );
}
