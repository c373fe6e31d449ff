import { chmod, mkdir, mkdtemp, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { readOwnGaneti } from '../../../../src/image/own/read-own.ts';
import { UsageError } from '../../../../src/errors.ts';

/** The first bytes of every Debian package. */
const deb = (content: string) => `!<arch>\ndebian-binary   ${content}`;

async function directoryWith(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
  return directory;
}

const ganeti = { 'usr/sbin/gnt-cluster': '#!/usr/bin/python3\n', 'usr/share/ganeti/3.0/ganeti/__init__.py': '' };
const hashOf = async (...packages: readonly string[]) => (await readOwnGaneti({ packages }))?.hash;
const hashOfTree = async (tree: string) => (await readOwnGaneti({ tree }))?.hash;
const entriesOf = async (tree: string) => {
  const names: string[] = [];
  for await (const { name, mode, body } of (await readOwnGaneti({ tree }))?.entries('own') ?? []) {
    body?.resume();
    names.push(`${name} ${mode.toString(8)}`);
  }
  return names;
};

it('there is none without options', async () => {
  expect(await readOwnGaneti({ packages: [] })).toBeUndefined();
});

it('the same packages have the same hash, as files and in a directory, wherever and whenever they are', async () => {
  const one = await directoryWith({ 'a.deb': deb('a'), 'b.deb': deb('b'), 'a.changes': 'not a package' });
  const other = await directoryWith({ 'b.deb': deb('b'), 'a.deb': deb('a') });
  await utimes(join(other, 'a.deb'), 0, 0);
  await chmod(join(other, 'a.deb'), 0o600);
  const hash = await hashOf(one);
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(await hashOf(other)).toBe(hash);
  expect(await hashOf(join(other, 'b.deb'), join(other, 'a.deb'), join(other, 'a.deb'))).toBe(hash);
});

it('other packages, names and contents have other hashes', async () => {
  const hashes = await Promise.all(
    [{ 'a.deb': deb('a') }, { 'a.deb': deb('b') }, { 'b.deb': deb('a') }, { 'a.deb': deb('a'), 'b.deb': deb('') }].map(
      async (files) => hashOf(await directoryWith(files as Readonly<Record<string, string>>)),
    ),
  );
  expect(new Set(hashes).size).toBe(4);
});

it('the same tree has the same hash, whatever the umask; an executable bit and a link are content', async () => {
  const [one, other] = [await directoryWith(ganeti), await directoryWith(ganeti)];
  await chmod(join(other, 'usr'), 0o700);
  await chmod(join(other, 'usr/sbin/gnt-cluster'), 0o600);
  const hash = await hashOfTree(one);
  expect(await hashOfTree(other)).toBe(hash);
  await symlink('../sbin', join(one, 'usr/link'));
  await chmod(join(other, 'usr/sbin/gnt-cluster'), 0o700);
  expect(new Set([hash, await hashOfTree(one), await hashOfTree(other)]).size).toBe(3);
  expect(await entriesOf(other)).toEqual([
    ...['own 755', 'own/usr 755', 'own/usr/sbin 755', 'own/usr/sbin/gnt-cluster 755', 'own/usr/share 755'],
    ...['own/usr/share/ganeti 755', 'own/usr/share/ganeti/3.0 755', 'own/usr/share/ganeti/3.0/ganeti 755'],
    'own/usr/share/ganeti/3.0/ganeti/__init__.py 644',
  ]);
});

it.each([
  ['a file that does not exist', {}, 'gone.deb', /gone\.deb does not exist\nhint: .*the name of a cluster goes before/],
  ['a directory without packages', { 'x/a.txt': '' }, 'x', /x contains no Debian packages \(\*\.deb\)$/],
  ['a file that is no package', { 'a.deb': 'PK' }, 'a.deb', /a\.deb is not a Debian package$/],
] as const)('packages: refuses %s', async (_, files, path, message) => {
  expect(await problemOf({ packages: [join(await directoryWith(files), path)] })).toMatch(message);
});

it('packages: refuses two files of one name', async () => {
  const [one, other] = [await directoryWith({ 'a.deb': deb('1') }), await directoryWith({ 'a.deb': deb('2') })];
  expect(await problemOf({ packages: [one, other] })).toMatch(
    /a\.deb and \S+a\.deb have the same name\nhint: give one/,
  );
});

it.each([
  ['one that does not exist', {}, 'gone', /^--tree: \S+gone does not exist$/],
  ['a file', { tree: '' }, 'tree', /is not a directory$/],
  [
    'one without Ganeti',
    { 'usr/bin/python3': '' },
    '.',
    /contains no Ganeti\nhint: give the directory of `make install/,
  ],
] as const)('tree: refuses %s', async (_, files, path, message) => {
  expect(await problemOf({ tree: join(await directoryWith(files), path) })).toMatch(message);
});

it('tree: refuses an empty directory', async () => {
  expect(await problemOf({ tree: await directoryWith({}) })).toMatch(/is empty\nhint: give the directory of/);
});

async function problemOf(options: Parameters<typeof readOwnGaneti>[0]): Promise<string> {
  const error: unknown = await readOwnGaneti(options).catch((one: unknown) => one);
  if (!(error instanceof UsageError)) throw new Error('it was not refused');
  return error.hint === undefined ? error.message : `${error.message}\nhint: ${error.hint}`;
}
