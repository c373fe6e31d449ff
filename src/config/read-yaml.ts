import { type Document, LineCounter, parseDocument, type YAMLError } from 'yaml';
import { UsageError } from '../errors.ts';
import { lineNestedTooDeeply } from './nesting.ts';
import { unusableFile, type OptionFile } from './option-file.ts';
import { placeInYaml } from './place-in-yaml.ts';

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
  if (deep !== undefined) throw unusableFile(source, [`${source}:${deep}: nested too deeply`]);
  // By itself it would print warnings, and put the lines concerned into each message.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const problems = [...document.errors, ...document.warnings].map((error) => {
    const { line, column } = at(error.pos[0]);
    return `${source}:${line}:${column}: ${explain(error, text)}`;
  });
  if (problems.length > 0) throw unusableFile(source, problems.slice(0, mostTold));
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
