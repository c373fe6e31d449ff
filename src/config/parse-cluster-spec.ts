import { UsageError } from '../errors.ts';
import { clusterSpec, type ClusterSpec } from './cluster-spec.ts';
import { contradictions } from './contradictions.ts';
import { isNumber } from './forms.ts';
import { nodesOfHosts } from './distribute-nodes.ts';
import { rightParts } from './right-parts.ts';
import { indented, problemsOf, showPath, unusableFile, type OptionFile, type Problem } from './problems.ts';

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
  'nodeOptions',
  'nodeMemory',
  'nodeCpus',
  'nodeDisk',
  'groups',
  'instances',
  'instanceNames',
  'hosts',
  'underlay',
  'network',
  'encrypted',
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
 * Turns untrusted input into a spec.  Options that are `undefined` count as not given; numbers may be text, as flags are.
 *
 * @param source what to call the input in messages
 * @throws {UsageError} listing every problem as `option: what is allowed, not what was given`
 */
export function parseClusterSpec(input: unknown, source: string): ClusterRequest {
  const result = parse(isMap(input) ? withNumbers(input) : input);
  if (!('problems' in result)) return result;
  const list = result.problems.map(tell);
  throw new UsageError(list.length === 1 ? `${source}: ${list.join('')}` : `${source}:${indented(list)}`, {
    hint: 'what is allowed: vcluster-box up --help',
  });
}

/**
 * The same for a file, with the flags that were given beside it: they win.
 *
 * @param usual what counts where neither says anything
 * @throws {UsageError} listing every problem as `FILE:LINE:COLUMN: path: what is allowed, not what was given`
 */
export function parseClusterFile(file: OptionFile, flags: Options = {}, usual: Options = {}): ClusterRequest {
  const said = withNumbers(flags);
  const result = parse(isMap(file.options) ? { ...usual, ...file.options, ...said } : file.options);
  if (!('problems' in result)) return result;
  const isFlag = ({ path: [option = ''] }: Problem) => Object.hasOwn(said, option);
  const inFile = result.problems
    .filter((problem) => !isFlag(problem))
    .map((problem) => ({ ...file.locate(problem), told: tell(problem) }))
    .sort((a, b) => a.line - b.line || a.column - b.column);
  throw unusableFile(file.source, [
    ...inFile.map(({ line, column, told }) => `${file.source}:${line}:${column}: ${told}`),
    ...result.problems.filter(isFlag).map((problem) => `command line: ${tell(problem)}`),
  ]);
}

type Options = Readonly<Record<string, unknown>>;

function parse(input: unknown): ClusterRequest | { readonly problems: readonly Problem[] } {
  const parsed = clusterSpec.safeParse(isMap(input) ? withNodesOfHosts(input) : input);
  const problems = parsed.success ? [] : problemsOf(parsed.error.issues, input);
  const all = isMap(input) ? [...problems, ...contradictions(input)] : problems;
  if (!parsed.success || all.length > 0) return { problems: all };
  return { spec: parsed.data, given: givenOf(parsed.data, input as Options) };
}

function givenOf(spec: ClusterSpec, asked: Options): GivenOptions {
  const given = lastingOptions.filter((key) => {
    return key === 'nodeOptions' ? spec.nodeOptions.length > 0 : asked[key] !== undefined;
  });
  return Object.fromEntries(given.map((key) => [key, spec[key]]));
}

/** Hosts that all say how many nodes they have say how many there are. */
function withNodesOfHosts(input: Options): Options {
  if (input['nodes'] !== undefined) return input;
  const nodes = nodesOfHosts(rightParts(input).hosts.map((host) => host ?? {}));
  return nodes === undefined ? input : { ...input, nodes };
}

/** Flags are text.  Those that were not given are left out. */
function withNumbers(input: Options): Options {
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    given.map(([key, value]) => {
      const isCount = numbers.has(key) && typeof value === 'string' && isNumber(value);
      return [key, isCount ? Number(value) : value];
    }),
  );
}

const numbers = new Set(['nodes', 'nodeCpus', 'groups', 'instances', 'instanceNames', 'cpus']);

function isMap(input: unknown): input is Options {
  return typeof input === 'object' && input !== null && !Array.isArray(input);
}

function tell({ path, message }: Problem): string {
  return `${showPath(path)}: ${message}`;
}
