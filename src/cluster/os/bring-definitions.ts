import { randomBytes } from 'node:crypto';
import type { Engine } from '../../engine/engine.ts';
import { FileError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { capture } from '../capture.ts';
import type { OsDefinition } from './definition.ts';
import { isThere } from './is-there.ts';
import { writeDefinitions } from './write-definitions.ts';

interface Bringing {
  readonly definitions: readonly OsDefinition[];
  readonly report: Report;
  readonly signal: AbortSignal;
}

/**
 * Brings OS definitions into a slice that runs: those that it has not got, or not so.  Each takes the place of the one of its
 * name as a whole, so that Ganeti never sees half of it.
 *
 * @returns whether there was anything to do
 * @throws {FileError} when the slice cannot put them where they belong
 */
export async function bringDefinitions(engine: Engine, container: string, bringing: Bringing): Promise<boolean> {
  const { definitions, report, signal } = bringing;
  const missing: OsDefinition[] = [];
  for (const definition of definitions) {
    if (!(await isThere(engine, container, definition, signal))) missing.push(definition);
  }
  if (missing.length === 0) return false;
  const into = `.vcluster-box-os-${randomBytes(6).toString('hex')}`;
  const names = missing.map(({ name }) => name);
  try {
    await writeDefinitions(engine, container, { definitions: missing, signal, into });
    await inSlice(engine, container, replace, [into, ...names]);
  } finally {
    await inSlice(engine, container, 'rm -rf -- "$1"', [into]);
  }
  tellBrought(report, missing);
  return true;
}

export function tellBrought(report: Report, definitions: readonly OsDefinition[]): void {
  if (definitions.length === 0) return;
  const names = definitions.map(({ name }) => name).join(', ');
  report({ type: 'notice', message: `OS definitions brought to all nodes: ${names}` });
}

/** What is in the way may be a link that leads nowhere. */
const replace =
  'new=$1; shift; for os; do if [ -e "$os" ] || [ -L "$os" ]; then mv -T "$os" "$new/.old-$os"; fi; mv -T "$new/$os" "$os"; done';

async function inSlice(engine: Engine, container: string, script: string, args: readonly string[]): Promise<void> {
  const argv = ['sh', '-euc', `cd ${slicePaths.osDefinitions}; ${script}`, 'sh', ...args];
  const { status, stderr } = await capture(engine, container, argv);
  if (status === 0) return;
  throw new FileError(`the slice cannot write into ${slicePaths.osDefinitions}`, {
    output: stderr.trimEnd().split('\n'),
  });
}
