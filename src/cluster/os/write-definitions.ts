import { posix } from 'node:path';
import type { Entry } from '../../archive/entry.ts';
import { packEntries } from '../../archive/pack-entries.ts';
import type { Engine } from '../../engine/engine.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { definitionEntries } from './definition-entries.ts';
import type { OsDefinition } from './definition.ts';

interface Writing {
  readonly definitions: readonly OsDefinition[];
  /** aborts when the user interrupts */
  readonly signal: AbortSignal;
  /** directory below the one where they belong; left out: that one */
  readonly into?: string;
}

/** In every Debian; what is below need not be there. */
const top = '/srv';

/** Writes OS definitions into a container, which need not run. */
export async function writeDefinitions(engine: Engine, container: string, writing: Writing): Promise<void> {
  if (writing.definitions.length === 0) return;
  await engine.writeArchive(container, top, packEntries(placed(writing)), writing.signal);
}

async function* placed({ definitions, into = '' }: Writing): AsyncGenerator<Entry> {
  const directory = posix.join(slicePaths.osDefinitions, into);
  yield* directoriesTo(posix.relative(top, directory));
  for (const definition of definitions) {
    for await (const entry of definitionEntries(definition)) {
      yield { ...entry, name: posix.join(posix.relative(top, directory), entry.name) };
    }
  }
}

/** `a`, then `a/b`. */
function* directoriesTo(path: string): Generator<Entry> {
  const names = path.split('/');
  for (let length = 1; length <= names.length; length += 1) {
    const name = names.slice(0, length).join('/');
    yield { name, type: 'directory', mode: 0o755, size: 0, modifiedAt: new Date(), target: '' };
  }
}
