import type { OnLine } from './engine.ts';
import { lineSplitter } from './lines.ts';
import { stripVTControlCharacters } from 'node:util';

/** One of the JSON objects that the engine sends while it builds, pulls or imports. */
interface Progress {
  readonly stream?: string;
  readonly status?: string;
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number };
  readonly error?: string;
}

/**
 * Reads the engine's account of a build, pull or import to its end.
 *
 * That it failed is no HTTP error: the engine answers 200 and says so in the stream, which dockerode's
 * `followProgress()` passes over.
 *
 * @returns what it failed of; undefined when it did not
 */
export async function readProgress(account: NodeJS.ReadableStream, onLine: OnLine): Promise<string | undefined> {
  const output = lineSplitter();
  const tell = (lines: readonly string[]) => {
    for (const line of lines.map(stripVTControlCharacters)) if (line.trim() !== '') onLine(line);
  };
  let failure: string | undefined;
  for await (const progress of objects(account)) {
    tell(output.push(progress.stream ?? statusLine(progress)));
    failure = progress.error ?? failure;
  }
  tell(output.end());
  return failure;
}

/** `Downloading` and `Extracting` come many times a second, and say how far they are: not for lines. */
function statusLine({ status, id, progressDetail }: Progress): string {
  if (status === undefined || progressDetail?.current !== undefined) return '';
  return `${id === undefined ? '' : `${id}: `}${status}\n`;
}

async function* objects(account: NodeJS.ReadableStream): AsyncGenerator<Progress> {
  const splitter = lineSplitter();
  for await (const chunk of account) yield* splitter.push(chunk).filter(notEmpty).map(parse);
  yield* splitter.end().filter(notEmpty).map(parse);
}

const notEmpty = (line: string) => line.trim() !== '';
const parse = (line: string) => JSON.parse(line) as Progress;
