import { copyFile, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';

/** A script as a clone with Windows settings has it. */
async function cloned(prepare: (folder: string) => Promise<void>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
  const git = (...args: string[]) => execa('git', ['-c', 'user.name=test', '-c', 'user.email=test', ...args]);
  await git('init', '--quiet', folder);
  await writeFile(join(folder, 'script'), '#!/bin/sh\nexit 0\n');
  await prepare(folder);
  await git('-C', folder, 'add', '.');
  await git('-C', folder, 'commit', '--quiet', '--message', 'test');
  await git('clone', '--quiet', '-c', 'core.autocrlf=true', folder, join(folder, 'clone'));
  return readFile(join(folder, 'clone', 'script'), 'utf8');
}

it('a clone has the line endings that scripts need, whatever git prefers', async () => {
  expect(await cloned(() => Promise.resolve())).toBe('#!/bin/sh\r\nexit 0\r\n');
  expect(await cloned((folder) => copyFile('.gitattributes', join(folder, '.gitattributes')))).toBe(
    '#!/bin/sh\nexit 0\n',
  );
});
