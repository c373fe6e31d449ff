import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packEntries } from '../../../src/archive/tar.ts';
import { walkEntries } from '../../../src/archive/walk-entries.ts';
import { printError } from '../../../src/cli/main.ts';
import { PassThrough } from 'node:stream';

it('a file that cannot be opened is an error that names it', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'vcluster-box-')), 'a');
  await writeFile(file, 'content');
  // As root, tests can open every file that exists.
  const entries = async function* () {
    for await (const entry of walkEntries(file, 'a')) {
      await rm(file);
      yield entry;
    }
  };
  await expect(packEntries(entries()).toArray()).rejects.toThrow(`cannot read ${file}: no such file or directory`);
});

it('an unexpected error of a system call is a message with its path, and not a bug', async () => {
  const stderr = new PassThrough({ encoding: 'utf8' });
  const error: unknown = await rm('/dev/null/x').catch((reason: unknown) => reason);
  expect(printError(error, stderr)).toBe(125);
  expect(stderr.read()).toMatch(/^error: cannot \w+ \/dev\/null\/x: not a directory\n$/);
});
