import { chmod, mkdir, mkdtemp, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { extract, type Header } from 'tar-stream';
import { expect, it } from 'vitest';
import { packContext } from '../../../src/image/context.ts';

const program = 'images/slice/rootfs/usr/sbin/program';

/** A project with four files, two of which are not part of the context. */
async function project(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
  await mkdir(join(directory, 'images/slice/rootfs/usr/sbin/__pycache__'), { recursive: true });
  await writeFile(join(directory, 'Dockerfile'), 'FROM scratch\n', { mode: 0o600 });
  await writeFile(join(directory, program), '#!/bin/sh\n', { mode: 0o775 });
  await writeFile(join(directory, 'images/slice/rootfs/usr/sbin/__pycache__/x.pyc'), 'x');
  await writeFile(join(directory, 'images/slice/README.md'), '# Not part of the context\n');
  return directory;
}

async function headersOf(tar: Buffer): Promise<readonly Header[]> {
  const headers: Header[] = [];
  for await (const entry of Readable.from([tar]).pipe(extract())) {
    headers.push(entry.header);
    entry.resume();
  }
  return headers;
}

it('contains only the Dockerfile and the root file system', async () => {
  const headers = await headersOf((await packContext(await project())).tar);
  const files = headers.filter(({ type }) => type === 'file').map(({ name }) => name);
  expect(files).toEqual(['Dockerfile', program]);
});

it('has two file modes, and no owners or times', async () => {
  const headers = await headersOf((await packContext(await project())).tar);
  const found = headers.filter(({ type }) => type === 'file').map(({ name, mode }) => [name, mode]);
  expect(found).toEqual([
    ['Dockerfile', 0o644],
    [program, 0o755],
  ]);
  expect(headers.map(({ uid, gid, mtime }) => [uid, gid, mtime.getTime()])).toEqual(headers.map(() => [0, 0, 0]));
});

it('has the same hash for the same files in another directory, with other times and another umask', async () => {
  const [one, two] = [await project(), await project()];
  await utimes(join(two, program), 1, 1);
  await chmod(join(two, 'Dockerfile'), 0o664);
  expect((await packContext(one)).hash).toBe((await packContext(two)).hash);
});

it.each([
  ['content', (directory: string) => writeFile(join(directory, program), '#!/bin/bash\n')],
  ['an executable bit', (directory: string) => chmod(join(directory, program), 0o644)],
  ['a new file', (directory: string) => writeFile(join(directory, 'images/slice/rootfs/new'), '')],
])('has a different hash after a change of %s', async (_, change) => {
  const directory = await project();
  const before = await packContext(directory);
  await change(directory);
  expect((await packContext(directory)).hash).not.toBe(before.hash);
});

it('contains the files of the project by default', async () => {
  const names = (await headersOf((await packContext()).tar)).map(({ name }) => name);
  expect(names).toContain('images/slice/rootfs/etc/ssh/sshd_config.d/vcluster-box.conf');
});
