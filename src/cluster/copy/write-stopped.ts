import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import type { Entry } from '../../archive/entry.ts';
import { spool } from '../../archive/spool.ts';
import { packEntries, readEntries } from '../../archive/tar.ts';
import type { Engine } from '../../engine/engine.ts';
import { FileError } from '../../errors.ts';
import { formatMemory } from '../../format.ts';
import type { NodePath } from './copy-end.ts';
import type { Write } from './write.ts';

/** The holes that are worth a warning. */
const manyBytes = 2 ** 20;

/**
 * Writes entries into a directory of a stopped slice.  There only the engine can write, and it can neither move nor
 * remove.  So it gets nothing until the whole stream has been read.
 */
export async function writeIntoStopped(
  engine: Engine,
  { cluster, container }: NodePath,
  { entries, directory, signal }: Write,
): Promise<void> {
  await using kept = await spool(packEntries(entries.all, entries.onBytes), signal);
  const { size, allocated } = kept;
  if (size - allocated >= manyBytes) {
    const message = `cluster ${cluster} is stopped, so the engine writes holes as data: ${formatMemory(size)} in total`;
    entries.report({ type: 'warning', message, hint: `to keep them, start it first: vcluster-box start ${cluster}` });
  }
  const existing = await existingDirectories(engine, container, { directory, names: await directoriesOf(kept.read()) });
  const missing = without(existing, readEntries(kept.read()));
  signal.throwIfAborted();
  // Not interruptible from here on: the engine unpacks into the target, and would leave it incomplete.
  await engine.writeArchive(container, directory, packEntries(missing), new AbortController().signal);
}

async function directoriesOf(tar: Readable): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { type, name, body } of readEntries(tar)) {
    body?.resume();
    if (type === 'directory') names.push(name);
  }
  return names;
}

/**
 * The directories that already exist.  They are left out of the archive, because the engine would change their owner
 * and mode.
 */
async function existingDirectories(
  engine: Engine,
  container: string,
  { directory, names }: { readonly directory: string; readonly names: readonly string[] },
): Promise<ReadonlySet<string>> {
  const existing = new Set<string>();
  for (const name of names) {
    // Nothing exists below a missing directory.
    if (name.includes('/') && !existing.has(posix.dirname(name)) && names.includes(posix.dirname(name))) continue;
    const path = posix.join(directory, name);
    const found = await engine.inspectPath(container, path);
    if (found === undefined) continue;
    if (found.type === 'directory') existing.add(name);
    else throw new FileError(`cannot create directory ${path}: a file or link of that name exists`);
  }
  return existing;
}

async function* without(names: ReadonlySet<string>, entries: AsyncIterable<Entry>): AsyncGenerator<Entry> {
  for await (const entry of entries) if (!names.has(entry.name)) yield entry;
}
