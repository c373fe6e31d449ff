import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../../engine/engine.ts';

/**
 * Saves a container's log, before that is removed, where the user can read it: `logs/CLUSTER-RUN.log` in the state folder.
 *
 * @returns the file's path; `undefined` when there is no log to be had
 */
export async function keepLog(
  engine: Engine,
  container: string,
  { stateDirectory, name }: { readonly stateDirectory: string; readonly name: string },
): Promise<string | undefined> {
  const lines: string[] = [];
  try {
    for await (const { text } of engine.followLogs(container, { follow: false })) lines.push(text);
    if (lines.length === 0) return undefined;
    const folder = join(stateDirectory, 'logs');
    const file = join(folder, `${name}.log`);
    await mkdir(folder, { recursive: true });
    await writeFile(file, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
    return file;
  } catch {
    return undefined; // The failure that led here is what the user must read; this would but hide it.
  }
}
