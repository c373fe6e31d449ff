import { mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const everyday = ['bash', 'cat', 'env', 'head', 'ls', 'printf', 'sed', 'sh', 'sleep', 'sort', 'tail', 'tar'];

/**
 * Creates a search path with fake programs and a few common tools, and nothing else.
 *
 * @param programs shell scripts by the name of the program
 */
export async function searchPathWith(programs: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'vcluster-box-path-'));
  for (const tool of everyday) await symlink(`/usr/bin/${tool}`, join(directory, tool));
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(directory, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return directory;
}
