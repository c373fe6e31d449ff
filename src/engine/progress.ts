import { stripVTControlCharacters } from 'node:util';
import type { OnLine } from './engine.ts';
import { lineSplitter } from '../lines.ts';

/** One of the JSON objects that the engine sends during a build, pull or import. */
interface Progress {
  readonly stream?: string;
  readonly status?: string;
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number };
  readonly error?: string;
}

/**
 * Reads the progress of a build, pull or import to its end.
 *
 * A failure is not an HTTP error: the engine answers 200 and reports it in the stream, where dockerode's
 * `followProgress()` ignores it.
 *
 * @returns the engine's error message; `undefined` on success
 */
export async function readProgress(body: NodeJS.ReadableStream, onLine: OnLine): Promise<string | undefined> {
  const output = lineSplitter();
  const report = (lines: readonly string[]) => {
    for (const line of lines.map(stripVTControlCharacters)) if (line.trim() !== '') onLine(line);
  };
  let failure: string | undefined;
  for await (const progress of parse(body)) {
    report(output.push(progress.stream ?? statusLine(progress)));
    failure = progress.error ?? failure;
  }
  report(output.end());
  return failure;
}

/** Leaves out `Downloading` and `Extracting`, which come several times a second with a percentage. */
function statusLine({ status, id, progressDetail }: Progress): string {
  if (status === undefined || progressDetail?.current !== undefined) return '';
  return `${id === undefined ? '' : `${id}: `}${status}\n`;
}

async function* parse(body: NodeJS.ReadableStream): AsyncGenerator<Progress> {
  const splitter = lineSplitter();
  const toObjects = (lines: readonly string[]) =>
    lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as Progress);
  for await (const chunk of body) yield* toObjects(splitter.push(chunk));
  yield* toObjects(splitter.end());
}
