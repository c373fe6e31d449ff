import { mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeCopying as demo, node1 } from '../../support/fake-copying.ts';
import type { FakeEngine } from '../../support/fake-engine.ts';
import { fakeSignals } from '../../support/fake-signals.ts';
import { hostile, tarOf } from '../../support/hostile-tar.ts';
import { runCli } from '../../support/run-cli.ts';

let here: string;
beforeEach(async () => {
  here = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
});
afterEach(() => rm(here, { recursive: true }));

const cp = (engine: FakeEngine, ...args: string[]) => runCli(['cp', ...args], { engine });
const found = async () => (await readdir(here, { recursive: true })).sort();

describe('cp from a node', () => {
  it.each([
    [`node1:etc/a`, 'x', ['x']],
    [`node1.example.com:${node1}/etc/a`, '.', ['a']],
    ['node1:etc', 'new', ['new', 'new/a', 'new/sub', 'new/sub/b', 'new/sub/c']],
    ['node1:etc', 'new/', ['new', 'new/a', 'new/sub', 'new/sub/b', 'new/sub/c']],
    ['node1:etc', '.', ['etc', 'etc/a', 'etc/sub', 'etc/sub/b', 'etc/sub/c']],
    ['node1:etc/.', '.', ['a', 'sub', 'sub/b', 'sub/c']],
    ['node1:etc/sub/.', 'new', ['new', 'new/b', 'new/c']],
    ['node2:/etc/link', '.', ['link']],
  ])('copies %s to %s', async (source, destination, expected) => {
    const result = await cp(demo(), source, join(here, destination, destination.endsWith('/') ? '/' : ''));
    expect(result).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(await found()).toEqual(expected);
  });

  it('replaces an existing file', async () => {
    await writeFile(join(here, 'x'), 'before');
    await cp(demo(), 'node1:etc/a', join(here, 'x'));
    expect(await readFile(join(here, 'x'), 'utf8')).toBe('A');
  });

  it('follows a target that is a link to a file or a directory', async () => {
    await mkdir(join(here, 'd'));
    await writeFile(join(here, 'd/file'), 'before');
    await symlink('d/file', join(here, 'to-file'));
    await symlink('d', join(here, 'to-directory'));
    for (const link of ['to-file', 'to-directory']) await cp(demo(), 'node1:etc/a', join(here, link));
    expect(await readFile(join(here, 'd/file'), 'utf8')).toBe('A');
    expect(await readFile(join(here, 'd/a'), 'utf8')).toBe('A');
    expect(await Promise.all(['to-file', 'to-directory'].map((link) => readlink(join(here, link))))).toEqual([
      'd/file',
      'd',
    ]);
  });

  it('reports the size with --json', async () => {
    const { stdout } = await cp(demo(), '--json', 'node1:etc', here);
    expect(JSON.parse(stdout)).toEqual({ entries: 4, bytes: 3 });
  });

  it.each([
    [
      'node1:none',
      '.',
      /^error: node1:none does not exist\nhint: the path in the slice is \/srv\/vcluster\/node1.example.com\/none/,
    ],
    ['node1:etc/a/', '.', /node1:etc\/a\/ is not a directory/],
    ['node1:etc/a', 'no/x', /there is no directory .*\/no\nhint: create it first/],
    ['node1:etc/a', 'no/', /there is no directory .*\/no\/\nhint: create it first, or omit the slash/],
    ['node1:etc', 'file', /file is a file: a directory cannot be copied there/],
    ['node1:etc/a', 'file/', /not a directory/],
    ['node1:/etc/dangling', '.', /is a symbolic link to \/nowhere, which does not exist/],
    ['node1:etc/a', 'loose', /loose is a dangling symbolic link/],
    [
      'node7:etc',
      '.',
      /node node7 does not exist\nhint: existing nodes: node1, node2, node3; for a local file, write \.\/node7:etc/,
    ],
  ])('refuses %s to %s', async (source, destination, said) => {
    await writeFile(join(here, 'file'), '');
    await symlink('nowhere', join(here, 'loose'));
    const { status, stderr } = await cp(demo(), source, `${here}/${destination}`);
    expect(status).toBe(125);
    expect(stderr).toMatch(said);
    expect(await found()).toEqual(['file', 'loose']);
  });

  it.each(hostile)('refuses an archive that %s, and leaves nothing', async (_what, entries, said) => {
    const engine = demo();
    engine.state.containers[0]?.archives.set(`${node1}/etc/.`, await tarOf(entries));
    const { status, stderr } = await cp(engine, 'node1:etc', here);
    expect([status, await found()]).toEqual([125, []]);
    expect(stderr).toMatch(said);
    expect(await cp(engine, 'node1:etc', '-')).toMatchObject({ status: 125, stdout: '' });
  });

  it('skips links that point outside the source with --skip-links, with a warning', async () => {
    const engine = demo();
    const tar = await tarOf([{ name: './good' }, { name: './lib', type: 'symlink', linkname: '/usr/lib' }]);
    engine.state.containers[0]?.archives.set(`${node1}/etc/.`, tar);
    const { status, stderr } = await cp(engine, '--skip-links', 'node1:etc', join(here, 'etc'));
    expect(status).toBe(0);
    expect(stderr).toBe('warning: skipped ./lib, a symbolic link to /usr/lib, which points outside the source\n');
    expect(await found()).toEqual(['etc', 'etc/good']);
  });
});

describe('cp', () => {
  it.each([
    [['a', 'b'], /neither SRC nor DST is on a node/],
    [['./node1:a', 'b'], /neither/],
    [['-', 'b'], /neither/],
    [['--json', 'node1:etc', '-'], /--json cannot be combined with a tar stream/],
    [['node1:etc'], /missing required argument 'dst'/],
  ])('rejects %o', async (args, said) => {
    const { status, stderr } = await runCli(['cp', ...args], { engine: demo() });
    expect([status, stderr]).toEqual([2, expect.stringMatching(said)]);
  });

  it.each([
    [['node1:etc', '-'], { stdout: true }, 'cannot write a tar stream to a terminal'],
    [['-', 'node1:etc'], { stdin: true }, 'cannot read a tar stream from a terminal'],
  ])('rejects %o on a terminal', async (args, terminal, said) => {
    const { status, stderr } = await runCli(['cp', ...args], { engine: demo(), terminal });
    expect([status, stderr]).toEqual([2, expect.stringContaining(said)]);
  });

  it('leaves nothing behind when interrupted', async () => {
    const [engine, signals] = [demo(), fakeSignals()];
    engine.state.onCall = (method) => {
      if (method === 'readArchive') signals.send('SIGINT');
    };
    const result = await runCli(['cp', 'node1:etc', here], { engine, signals });
    expect(result).toMatchObject({ status: 130, stderr: 'error: interrupted; nothing was copied\n' });
    expect([await found(), signals.listeners()]).toEqual([[], 0]);
  });
});
