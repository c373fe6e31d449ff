import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeStale, stagingName } from '../../../src/archive/staging.ts';

let directory: string;
let left: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
  left = stagingName();
  await mkdir(join(directory, left, 'sub'), { recursive: true });
  await writeFile(join(directory, left, 'sub', 'file'), 'half');
  await writeFile(join(directory, 'other'), 'kept');
});
afterEach(() => rm(directory, { recursive: true }));

it('removes what a killed copy left, and nothing else', async () => {
  await removeStale(directory, 0);
  expect(await readdir(directory)).toEqual(['other']);
});

it('keeps what another copy uses, whatever time its files have', async () => {
  for (const path of [left, join(left, 'sub'), join(left, 'sub', 'file')]) await utimes(join(directory, path), 1, 1);
  await removeStale(directory);
  expect((await readdir(directory)).toSorted()).toEqual([left, 'other']);
});
