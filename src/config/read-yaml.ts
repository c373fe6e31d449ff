import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Scalar,
  visit,
  type YAMLError,
} from 'yaml';
import { UsageError } from '../errors.ts';
import { invalidFile, type OptionFile, type Problem, shorten } from './problems.ts';

/** One syntax error often causes others. */
const maxReported = 10;

/**
 * Parses the text of a configuration file as YAML, and leaves its options unchecked.
 *
 * @param source the name of the file in messages
 * @throws {UsageError} when the text is not YAML
 */
export function readYaml(text: string, source: string): OptionFile {
  const lines = new LineCounter();
  const at = (offset: number) => {
    const { line, col: column } = lines.linePos(offset);
    return { line, column };
  };
  const deep = lineNestedTooDeeply(text);
  if (deep !== undefined) throw invalidFile(source, [`${source}:${deep}: nested too deeply`]);
  // By default, the library prints warnings and puts excerpts into messages.
  // Its own check for duplicate keys compares each key with all others.
  const options = { lineCounter: lines, prettyErrors: false, logLevel: 'error', uniqueKeys: false } as const;
  const document = parseDocument(text, options);
  const problems = [
    ...[...document.errors, ...document.warnings].map((error) => ({ at: error.pos[0], what: explain(error) })),
    ...duplicateKeys(document).map((key) => ({
      at: start(key) ?? 0,
      what: `duplicate key ${shorten(String(key.value))}`,
    })),
  ];
  if (problems.length > 0) {
    const shown = problems.slice(0, maxReported).map(({ at: offset, what }) => {
      const { line, column } = at(offset);
      return `${source}:${line}:${column}: ${what}`;
    });
    throw invalidFile(source, shown);
  }
  if (document.contents === null) throw new UsageError(`${source} is empty`, { hint: emptyHint });
  return { source, options: valueOf(document, source), locate: (problem) => at(offsetOf(document, problem)) };
}

const emptyHint = '`vcluster-box config init` prints a file with every option';

function explain({ code, message }: YAMLError): string {
  return code === 'MULTIPLE_DOCS'
    ? 'the file contains more than one document (---)'
    : shorten(message.replaceAll(/\s+/g, ' '));
}

function duplicateKeys(document: Document): readonly Scalar[] {
  const found: Scalar[] = [];
  visit(document, {
    Map: (_key, { items }) => {
      const known = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (known.has(key.value)) found.push(key);
        known.add(key.value);
      }
    },
  });
  return found;
}

/** The library limits aliases, because aliases of aliases can turn a few lines into gigabytes. */
function valueOf(document: Document, source: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${source} cannot be read: ${reason}`, { hint: 'remove anchors and aliases' });
  }
}

/** The offset of the problem in the text.  A missing value has the offset of the value that should contain it. */
function offsetOf(document: Document, { path, atKey = false }: Problem): number {
  const offsets = [start(document.contents)];
  let here: unknown = document.contents;
  for (const part of path) {
    const [key, value] = step(isAlias(here) ? here.resolve(document) : here, part);
    if (value === undefined) break;
    offsets.push(start(key), (atKey ? start(key) : undefined) ?? start(value));
    here = value;
  }
  return offsets.findLast((each) => each !== undefined) ?? 0;
}

function step(inside: unknown, part: string | number): readonly [key: unknown, value: unknown] {
  if (isSeq(inside)) return [undefined, inside.items[Number(part)]];
  if (!isMap(inside)) return [undefined, undefined];
  const pair = inside.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
  return [pair?.key, pair?.value];
}

function start(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

/** Options are at most three levels deep, but brackets can also occur in text. */
const limits = { brackets: 50, indentation: 200 } as const;

/**
 * The number of the first line, from 1, that exceeds the limits.
 *
 * The parser calls itself for each level.  It reports most stack overflows as errors, but if V8 compiles a regular
 * expression at that moment, it aborts the process: "RegExpCompiler Allocation failed - process out of memory".
 */
function lineNestedTooDeeply(text: string): number | undefined {
  let depth = 0;
  for (const [index, line] of text.split('\n').entries()) {
    if ((/^[ ?:-]*/.exec(line)?.[0].length ?? 0) > limits.indentation) return index + 1;
    for (const [bracket] of line.matchAll(/[[\]{}]/g)) {
      depth = Math.max(0, depth + ('[{'.includes(bracket) ? 1 : -1));
      if (depth > limits.brackets) return index + 1;
    }
  }
  return undefined;
}
