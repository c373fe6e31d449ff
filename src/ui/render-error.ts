import { SourceMap, type SourceMapPayload } from 'node:module';
import { inspect } from 'node:util';
import { VclusterError } from '../errors.ts';
import { readPackageFile } from '../package-files.ts';

/** The text for an error, with one line per cause.  Only bugs show a stack trace. */
export function renderError(error: unknown): string {
  if (!(error instanceof VclusterError)) {
    return `This is a bug in vcluster-box, please report it.\n${inSources(inspect(error))}`;
  }
  const lines = [`error: ${error.message}`, ...causes(error).map((cause) => `  because: ${cause}`)];
  lines.push(...error.output.map((line) => `  | ${line}`));
  if (error.hint !== undefined) lines.push(`hint: ${error.hint}`);
  return lines.join('\n');
}

/** Replaces places in the bundle, which is one file with long lines, by those in the sources. */
function inSources(trace: string): string {
  const places = /[^\s(]*\bprogram\.cjs:(\d+):(\d+)/g;
  if (!places.test(trace)) return trace;
  const map = new SourceMap(JSON.parse(readPackageFile('dist/program.cjs.map')) as SourceMapPayload);
  return trace.replace(places, (place, line: string, column: string) => {
    const origin = map.findOrigin(Number(line), Number(column));
    if (!('fileName' in origin)) return place;
    return `${origin.fileName.replace(/^(\.\.\/)+/, '')}:${origin.lineNumber}:${origin.columnNumber}`;
  });
}

/** Messages of the causes, nearest first, without those that the line above already contains. */
function causes(error: Error): readonly string[] {
  const messages: string[] = [];
  let previous = error.message;
  for (let { cause } = error; cause instanceof Error; { cause } = cause) {
    if (!previous.includes(cause.message)) messages.push(cause.message);
    previous = cause.message;
  }
  return messages;
}
