import { posix } from 'node:path';
import { FileError } from '../../errors.ts';

/** What is to be copied. */
export interface SourceFacts {
  /** as in messages */
  readonly shown: string;
  readonly type: 'file' | 'directory';
  /** what it is called in a directory that it is copied into; '' when only what is in it is copied */
  readonly name: string;
  /** whether the name that was given ends with a slash */
  readonly slash: boolean;
}

/** What is at the destination. */
export interface DestinationFacts {
  readonly shown: string;
  readonly type: 'missing' | 'file' | 'directory' | 'other';
  /** absolute, without links at its end, and no slash there */
  readonly path: string;
  readonly slash: boolean;
}

/** Where a copy goes: what is unpacked in which directory, and under which name. */
export interface Target {
  /** is there, unless the destination's parent is missing */
  readonly into: string;
  /** '' when the top entry stands for `into` itself */
  readonly as: string;
}

/**
 * By the rules of `docker cp`: into a directory that is there, under its own name; otherwise to that name.
 *
 * @throws {FileError} when the two do not fit
 */
export function decideTarget(source: SourceFacts, destination: DestinationFacts): Target {
  const { type, path } = destination;
  if (source.slash && source.type === 'file') throw new FileError(`${source.shown} is no directory`);
  if (type === 'other') throw new FileError(`${destination.shown} is neither a file nor a directory`);
  if (type === 'directory') return { into: path, as: source.name };
  if (type === 'file') refuseFile(source, destination);
  else refuseMissing(source, destination);
  return { into: posix.dirname(path), as: posix.basename(path) };
}

function refuseFile(source: SourceFacts, { shown, slash }: DestinationFacts): void {
  if (source.type === 'file' && !slash) return;
  const why = source.type === 'directory' ? 'a directory cannot be copied there' : 'it is no directory';
  throw new FileError(`${shown} is a file: ${why}`, { hint: 'choose another name, or remove it first' });
}

function refuseMissing(source: SourceFacts, { shown, slash }: DestinationFacts): void {
  if (source.type === 'directory' || !slash) return;
  throw new FileError(`there is no directory ${shown}`, { hint: 'make it first, or leave out the slash' });
}

/** Splits what was given into what it names and how it ends: `dir/` may only be a directory, `dir/.` is what is in it. */
export function endingOf(path: string): { readonly slash: boolean; readonly contents: boolean } {
  const contents = /(^|\/)\.$/.test(path) && path !== '.';
  return { slash: path.endsWith('/') || contents, contents };
}
