import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface DefinitionFiles extends AsyncDisposable {
  /** the directory that contains only the definition */
  readonly parent: string;
  readonly path: string;
}

const scripts = ['create', 'import', 'export', 'rename'];

/**
 * An OS definition of API version 10 with the name `mine`, which Ganeti accepts.
 * @param files additional or different files, by name; `undefined` removes one; scripts are executable
 */
export async function definitionFiles(
  files: Readonly<Record<string, string | undefined>> = {},
): Promise<DefinitionFiles> {
  const parent = await mkdtemp(join(tmpdir(), 'vcluster-box-os-'));
  const path = join(parent, 'mine');
  await mkdir(path);
  const usual = Object.fromEntries(scripts.map((name) => [name, '#!/bin/sh\nexit 0\n']));
  const all: Readonly<Record<string, string | undefined>> = { ganeti_api_version: '10\n', ...usual, ...files };
  for (const [name, content] of Object.entries(all)) {
    if (content === undefined) continue;
    await writeFile(join(path, name), content);
    await chmod(join(path, name), [...scripts, 'verify'].includes(name) ? 0o755 : 0o644);
  }
  return { parent, path, [Symbol.asyncDispose]: () => rm(parent, { recursive: true }) };
}
