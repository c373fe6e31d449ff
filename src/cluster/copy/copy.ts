import { pipeline } from 'node:stream/promises';
import { checkEntries } from '../../archive/check-entries.ts';
import type { Entry } from '../../archive/entry.ts';
import { spool } from '../../archive/spool.ts';
import { packEntries, readEntries } from '../../archive/tar.ts';
import type { Engine } from '../../engine/engine.ts';
import { FileError, InterruptedError, outputError, SliceError, VclusterError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import { watchSlice } from '../availability.ts';
import { copyProgress } from './copy-progress.ts';
import { type Destination, findDestination } from './destination.ts';
import { decideTarget, type CopyEnd, type NodePath, type Target } from './copy-end.ts';
import { findSource, type CopySource } from './source.ts';
import type { CheckedEntries } from './write.ts';

export interface CopyRequest {
  readonly cluster: string | undefined;
  readonly source: CopyEnd;
  readonly destination: CopyEnd;
  /** skip links that point outside the source, with a warning */
  readonly skipLinks: boolean;
}

export interface CopyContext {
  readonly stdin: () => NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly report: Report;
  /** aborts when the user interrupts */
  readonly signal: AbortSignal;
}

export interface Copied {
  /** files, directories and links */
  readonly entries: number;
  /** size of all files */
  readonly bytes: number;
}

/**
 * Copies a file, a directory or a tar stream to a node, from a node, or between nodes.
 *
 * @throws {FileError} or {ArchiveError} on failure; the destination is then unchanged
 */
export async function copy(engine: Engine, request: CopyRequest, context: CopyContext): Promise<Copied> {
  const { destination: to, cluster } = request;
  const source = await findSource(engine, request.source, { cluster, stdin: context.stdin });
  const { inSlice } = source;
  if (to.type === 'stream')
    return unlessChanged(engine, [inSlice], () =>
      run({ source, as: source.name, readFirst: true }, request, context, writeTo(context)),
    );
  const destination = await findDestination(engine, to, cluster);
  const target = await chooseTarget(request, source, destination);
  const readFirst = request.source.type === 'stream' || inSameContainer(source, destination);
  return unlessChanged(engine, [inSlice, destination.inSlice], () =>
    run({ source, as: target.as, readFirst }, request, context, (entries) =>
      destination.receive(entries, target.into, context.signal),
    ),
  );
}

type SliceRef = Pick<NodePath, 'cluster' | 'container'>;

/** @throws {SliceError} when the copy failed because something happened to a slice */
async function unlessChanged<T>(
  engine: Engine,
  slices: readonly (SliceRef | undefined)[],
  run: () => Promise<T>,
): Promise<T> {
  const watched = slices.flatMap((slice) =>
    slice === undefined ? [] : { ...slice, changeOf: watchSlice(engine, slice.container) },
  );
  try {
    return await run();
  } catch (error) {
    for (const { cluster, changeOf } of error instanceof InterruptedError ? [] : watched) {
      const change = await changeOf(error instanceof SliceError ? 1000 : 0);
      if (change !== undefined) throw new SliceError(`cluster ${cluster} was ${change}; nothing was copied`);
    }
    throw error;
  }
}

async function chooseTarget(
  { source: from }: CopyRequest,
  source: CopySource,
  destination: Destination,
): Promise<Target> {
  if (from.type === 'stream' && destination.type !== 'directory') {
    const hint = 'a tar stream can only be unpacked into an existing directory';
    throw new FileError(`there is no directory ${destination.shown}`, { hint });
  }
  const target = decideTarget(source, destination);
  if (destination.type === 'missing') await destination.requireDirectory(target.into);
  if (inSameContainer(source, destination) && isWithin(target.into, source)) {
    throw new FileError(`cannot copy ${source.shown} into itself, ${destination.shown}`);
  }
  return target;
}

function inSameContainer({ inSlice }: CopySource, destination: Destination): boolean {
  return inSlice !== undefined && inSlice.container === destination.inSlice?.container;
}

function isWithin(path: string, { type, inSlice }: CopySource): boolean {
  const directory = inSlice?.path ?? '';
  return type === 'directory' && (directory === '/' || `${path}/`.startsWith(`${directory}/`));
}

type Receive = (entries: CheckedEntries) => Promise<void>;

interface CopyJob {
  readonly source: CopySource;
  /** see `CheckOptions` */
  readonly as: string;
  /**
   * An engine locks a container for all requests while it reads an archive from it or writes one into it.  So reading
   * must not wait for writing into the same container, and neither must wait for the process at the other end of stdin
   * or stdout.
   */
  readonly readFirst: boolean;
}

async function run(
  { source, as, readFirst }: CopyJob,
  { skipLinks }: CopyRequest,
  { report, signal }: CopyContext,
  receive: Receive,
): Promise<Copied> {
  const copied = { entries: 0, bytes: 0 };
  const progress = copyProgress(report, `Copying ${source.shown}`);
  const onOutsideLink = (link: string, target: string) => {
    const message = `skipped ${link}, a symbolic link to ${target}, which points outside the source`;
    report({ type: 'warning', message });
  };
  const options = { root: source.root, as, onOutsideLink: skipLinks ? onOutsideLink : undefined };
  try {
    const entries = counted(checkEntries(source.open(signal), options), copied);
    if (readFirst) await receiveLater(entries, { receive, signal, onBytes: progress.add, report });
    else await receive({ all: entries, onBytes: progress.add, report });
    progress.end('done');
    return copied;
  } catch (error) {
    progress.end('failed');
    if (!(error instanceof InterruptedError)) signal.throwIfAborted();
    throw error;
  }
}

/** Reads everything into a temporary file before anything is written. */
async function receiveLater(
  entries: AsyncIterable<Entry>,
  { receive, signal, onBytes, report }: Omit<CheckedEntries, 'all'> & { receive: Receive; signal: AbortSignal },
): Promise<void> {
  await using kept = await spool(packEntries(entries, onBytes), signal);
  await receive({ all: readEntries(kept.read()), onBytes: () => undefined, report });
}

async function* counted(
  entries: AsyncIterable<Entry>,
  count: { entries: number; bytes: number },
): AsyncGenerator<Entry> {
  for await (const entry of entries) {
    count.entries += 1;
    if (entry.body !== undefined) count.bytes += entry.size;
    yield entry;
  }
}

function writeTo({ stdout, signal }: CopyContext): Receive {
  return async ({ all, onBytes }) => {
    try {
      await pipeline(packEntries(all, onBytes), stdout, { end: false, signal });
    } catch (error) {
      if (signal.aborted || error instanceof VclusterError || !(error instanceof Error)) throw error;
      throw outputError(error) ?? error;
    }
  };
}
