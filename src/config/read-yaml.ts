import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type YAMLError,
} from 'yaml';
import { UsageError } from '../errors.ts';
import { invalidFile, type OptionFile, type Problem } from './problems.ts';

/** Most problems with the syntax that are told; one often begets more. */
const mostTold = 10;

/**
 * Reads the text of a configuration file.  What stands in it is not looked at yet.
 *
 * @param source what to call it in messages
 * @throws {UsageError} when it is no YAML
 */
export function readYaml(text: string, source: string): OptionFile {
  const lines = new LineCounter();
  const at = (offset: number) => {
    const { line, col: column } = lines.linePos(offset);
    return { line, column };
  };
  const deep = lineNestedTooDeeply(text);
  if (deep !== undefined) throw invalidFile(source, [`${source}:${deep}: nested too deeply`]);
  // By itself it would print warnings, and put the lines concerned into each message.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const problems = [...document.errors, ...document.warnings].map((error) => {
    const { line, column } = at(error.pos[0]);
    return `${source}:${line}:${column}: ${explain(error, text)}`;
  });
  if (problems.length > 0) throw invalidFile(source, problems.slice(0, mostTold));
  if (document.contents === null) throw new UsageError(`${source} is empty`, { hint: emptyHint });
  return { source, options: valueOf(document, source), locate: (problem) => at(placeInYaml(document, problem)) };
}

const emptyHint = '`vcluster-box config init` shows what may be in it; without a file, up makes the usual cluster';

function explain({ code, message, pos: [start] }: YAMLError, text: string): string {
  if (code === 'MULTIPLE_DOCS') return 'there is more than one document (---) in it';
  if (code === 'DUPLICATE_KEY') return `the same key a second time: ${/^[^\s:,]+/.exec(text.slice(start))?.[0] ?? ''}`;
  return message.replaceAll(/\s+/g, ' ');
}

/** Aliases of aliases can make gigabytes of a few lines; the library counts. */
function valueOf(document: Document, source: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${source} cannot be read: ${reason}`, { hint: 'write it without anchors and aliases' });
  }
}

/** Where in the text the problem is; what is not there has the place of what it should be in. */
function placeInYaml(document: Document, { path, atKey = false }: Problem): number {
  const places = [offset(document.contents)];
  let here: unknown = document.contents;
  for (const part of path) {
    const [key, value] = step(isAlias(here) ? here.resolve(document) : here, part);
    if (value === undefined) break;
    places.push(offset(key), (atKey ? offset(key) : undefined) ?? offset(value));
    here = value;
  }
  return places.findLast((place) => place !== undefined) ?? 0;
}

function step(inside: unknown, part: string | number): readonly [key: unknown, value: unknown] {
  if (isSeq(inside)) return [undefined, inside.items[Number(part)]];
  if (!isMap(inside)) return [undefined, undefined];
  const pair = inside.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
  return [pair?.key, pair?.value];
}

function offset(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

/** Options are nested three deep.  Brackets may be in text, too, so there is more room than that. */
const most = { brackets: 50, indentation: 200 } as const;

/**
 * The number of the first line (from 1) where YAML is nested so deeply that it can only be meant to exhaust whoever reads
 * it: the parser calls itself for each level, and V8 does not survive every end of its stack.
 */
function lineNestedTooDeeply(text: string): number | undefined {
  let depth = 0;
  for (const [index, line] of text.split('\n').entries()) {
    if ((/^[ ?:-]*/.exec(line)?.[0].length ?? 0) > most.indentation) return index + 1;
    for (const [bracket] of line.matchAll(/[[\]{}]/g)) {
      depth = Math.max(0, depth + ('[{'.includes(bracket) ? 1 : -1));
      if (depth > most.brackets) return index + 1;
    }
  }
  return undefined;
}
