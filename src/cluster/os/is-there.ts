import { createHash } from 'node:crypto';
import { checkEntries } from '../../archive/check-entries.ts';
import type { Entry } from '../../archive/entry.ts';
import { readEntries } from '../../archive/read-entries.ts';
import type { Engine } from '../../engine/engine.ts';
import { ArchiveError } from '../../errors.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { definitionEntries } from './definition-entries.ts';
import type { OsDefinition } from './definition.ts';

/** Whether a slice has an OS definition, with the same content and modes. */
export async function isThere(
  engine: Engine,
  container: string,
  definition: OsDefinition,
  signal: AbortSignal,
): Promise<boolean> {
  const path = `${slicePaths.osDefinitions}/${definition.name}`;
  const found = await engine.inspectPath(container, path);
  if (found?.type !== 'directory') return false;
  const entries = readEntries(await engine.readArchive(container, `${path}/.`, signal));
  try {
    const there = await contentOf(checkEntries(entries, { root: '', as: definition.name }));
    return there === (await contentOf(definitionEntries(definition)));
  } catch (error) {
    // What we would not copy is not what we have copied.
    if (error instanceof ArchiveError) return false;
    throw error;
  }
}

/** A line for each file, directory or link, in a fixed order. */
async function contentOf(entries: AsyncIterable<Entry>): Promise<string> {
  const lines: string[] = [];
  for await (const { name, type, mode, target, body } of entries) {
    lines.push(JSON.stringify([name, type, type === 'symlink' ? 0 : mode, target, await digest(body)]));
  }
  return lines.sort().join('\n');
}

async function digest(body: Entry['body']): Promise<string> {
  const hash = createHash('sha256');
  if (body !== undefined) for await (const chunk of body as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}
